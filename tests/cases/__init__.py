"""Stories of shops and members with the numbers that must come out, worked by hand."""
