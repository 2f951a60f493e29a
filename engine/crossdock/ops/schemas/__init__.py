"""JSON Schemas of what authors write, so that editors complete, explain and check it while it is typed.

They are made from the models that read the files, and from those of every plug-in that is installed: what a schema
says cannot differ from what the engine does. Draft-07, which is what editors' YAML servers speak best. Each accepts
everything that ``crossdock check`` accepts, so an editor never marks what is right; what only the whole project can
tell stays with ``check``.
"""
