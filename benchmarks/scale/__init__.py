"""Measures the batch road: speed by workers, memory over time, many small files."""
