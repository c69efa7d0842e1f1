"""How candidates are judged, one kind of question a module, and the abilities that each offers."""
