"""The engine, part by part: what it refuses, what it says, how it reads and writes FHIR."""
