"""Labels: texts in which people marked the spam, from and to the files of the tools they mark it in."""
