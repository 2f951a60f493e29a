"""What documents look like before any comes: names, types, codes; and what that says of the expressions over them."""
