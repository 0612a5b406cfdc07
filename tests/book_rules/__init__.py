"""The rules that every chapter keeps, each a function from a chapter (or the
whole book) to sentences about its faults."""
