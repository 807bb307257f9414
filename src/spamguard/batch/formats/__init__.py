"""One file for each format: it takes documents out of a file, and puts them back."""
