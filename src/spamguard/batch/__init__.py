"""Files and folders in, files and folders out: what `spamguard clean` does apart from talking."""
