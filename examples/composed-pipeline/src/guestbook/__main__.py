from guestbook import page
from guestbook._version import get_versions

print(page([("Ada", "first & last"), ("guestbook", get_versions()["version"])]))
