"""Pages of a file as pictures: drawn by a bounded child process, kept without watermark, marked for each viewer."""
