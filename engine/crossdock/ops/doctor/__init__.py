"""``crossdock doctor``: what is wrong, and how to mend it. Looks at everything, changes nothing, hangs on nothing."""
