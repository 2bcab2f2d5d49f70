"""Verdicts on functions for other programs and for people: JUnit XML, Markdown, a table."""
