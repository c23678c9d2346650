# Turns a text file into the lines of a C string literal, for the built-in example configuration.
s/[\\"]/\\&/g
s/^/"/
s/$/\\n"/
