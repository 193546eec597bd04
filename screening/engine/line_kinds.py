"""What a line of a condition can say: each kind with its words, and the signs of those that compare numbers."""

JOINING = {"all": "all of these", "any": "any of these", "at-least": "at least so many of these", "not": "not this"}
ANSWERING = {
    "is-yes": "is answered yes",
    "is-no": "is answered no",
    "is": "is this option",
    "one-of": "is one of these options",
    "contains": "includes this option",
    "equal-to": "is exactly the number",
    "less-than": "is less than",
    "at-most": "is at most",
    "more-than": "is more than",
    "no-less-than": "is at least",
    "between": "is between two numbers",
    "within": "lies in the last",
    "lasted": "has lasted at least",
    "known-from": "is known from",
}
RELATING = {
    "lasted-until": "began so long before the date",
    "after": "is not before the date",
    "washed-out": "lies back so many half-lives",
    "times-less-than": "is less than so many times",
    "times-at-most": "is at most so many times",
    "times-more-than": "is more than so many times",
    "times-no-less-than": "is at least so many times",
}
SUMMING = {
    "sum-less-than": "add up to less than",
    "sum-at-most": "add up to at most",
    "sum-more-than": "add up to more than",
    "sum-no-less-than": "add up to at least",
}
COUNTING = {
    "count-at-least": "at least so many",
    "count-at-most": "at most so many",
    "count-exactly": "exactly so many",
}
DEFINED = {"defined": "as defined under a name"}
COMPARING = {"less-than": "<", "at-most": "<=", "more-than": ">", "no-less-than": ">="}
SUMMED = {f"sum-{kind}": sign for kind, sign in COMPARING.items()}
MULTIPLIED = {f"times-{kind}": sign for kind, sign in COMPARING.items()}
COUNTED = {"count-at-least": ">=", "count-at-most": "<=", "count-exactly": "="}
