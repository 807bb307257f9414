"""The corpus as a witness: the same odd string in many unrelated documents is a campaign."""
