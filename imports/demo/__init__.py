"""The demo company: invented customers, people and history around a given day.

Pure generators make the facts (`places`, `names`, `companies`, `people`, `purchases`, `talk`), `aim`
chooses the days of the last contacts so that there is something to do, `load` writes the facts set by
set, and the engine itself makes the touchpoints from them (`nights`). `check` asserts what a demo
promises. Nothing here is copied from a real company or person.
"""
