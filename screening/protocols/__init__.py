"""The protocols that ship, as data: a folder each of guidance, questionnaire, rules and vignettes; no code."""
