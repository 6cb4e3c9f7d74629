"""Every diagnostic there is, a file per kind of rule. Importing this package defines them all.

E0 outside the file: paths, overrides; E1 text and YAML; E2 the form of a document; E3 values, expressions and arguments; E4 the graph;
E5 shapes; E6 promises (`expect`, `require`, `reference`); W1 legal and probably wrong.
"""

from archspec.diagnostics.catalogue import shapes as shapes
