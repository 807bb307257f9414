"""Reports for readers: figures as plots and tables on one self-contained HTML page."""
