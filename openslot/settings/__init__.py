"""Django's settings, by what they are about. What the environment says comes by way of
`openslot.variables`.

    place   this installation: folder, secrets, address, database
    parts   apps, middleware, templates
    people  accounts, signing in, what the operator decides about people and their data
    google  sign-in and calendars; other programs that are called
    files   languages, files, mail
    api     REST framework, tokens, how often anybody may call
    safety  cookies, https, what a page may load; logs
"""

from openslot.settings.api import *
from openslot.settings.files import *
from openslot.settings.google import *
from openslot.settings.parts import *
from openslot.settings.people import *
from openslot.settings.place import *
from openslot.settings.safety import *
