def test_two_routes_that_split_one_message_both_balance(rig):
    rig.start(
        r="from: {topic: t}\nto:\n  - topic: u\n",
        a="from: {topic: u}\nsteps:\n  - split: items\nto:\n  - fake: {to: a}\n",
        b="from: {topic: u}\nsteps:\n  - split: items\nto:\n  - fake: {to: b}\n",
    )
    rig.send("r", {"items": [{"n": 1}, {"n": 2}]})
    rig.work()
    assert (rig.sink("a").effects, rig.sink("b").effects) == (['{"n":1}', '{"n":2}'],) * 2
    assert rig.balanced(), rig.journal.audit().damage
