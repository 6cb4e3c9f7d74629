"""Every diagnostic there is, a file per kind of rule. Importing this package defines them all.

E0 outside the file: paths, overrides; E1 text and YAML; E2 the form of a document; E3 values, expressions and
arguments; E4 the graph; E5 shapes; E6 promises (`expect`, `require`, `reference`); E7 and W7 trained
weights; W1 legal and probably wrong.
"""

from archspec.diagnostics.catalogue import arguments as arguments
from archspec.diagnostics.catalogue import document as document
from archspec.diagnostics.catalogue import expansion as expansion
from archspec.diagnostics.catalogue import graph as graph
from archspec.diagnostics.catalogue import initialisation as initialisation
from archspec.diagnostics.catalogue import joins as joins
from archspec.diagnostics.catalogue import layouts as layouts
from archspec.diagnostics.catalogue import lint as lint
from archspec.diagnostics.catalogue import names as names
from archspec.diagnostics.catalogue import outside as outside
from archspec.diagnostics.catalogue import plain as plain
from archspec.diagnostics.catalogue import promises as promises
from archspec.diagnostics.catalogue import text as text
from archspec.diagnostics.catalogue import values as values
from archspec.diagnostics.catalogue import weights as weights
from archspec.diagnostics.catalogue import windows as windows
