"""The models whose rows may change, each with the reason. Every other model is registered as append-only.

A new model fails a test until it stands here or carries ``@append_only``. Add a line, in the order of the alphabet.
"""

MUTABLE = {
    "accounts.Membership": "a role ends; the ledger keeps who held it when",
    "accounts.Practice": "a practice changes its name and its policy; each change is an event",
    "accounts.Session": "a session is renewed and ends",
    "accounts.SingleSignOn": "a link to the practice's sign-in service is made and taken away; each is an event",
    "accounts.User": "people change their names and passwords",
    "accounts.User_groups": "Django's; roles are memberships here, so it stays empty",
    "accounts.User_user_permissions": "Django's; roles are memberships here, so it stays empty",
    "ledger.Command": "which forms were carried out, so that none is twice; where one led is noted afterwards",
    "ledger.Stream": "the head of a chain moves with every entry, which the verifier compares",
    "ledger.StreamKey": "erasing a key makes a stream unreadable and leaves its chain whole",
    "ledger.WitnessFolder": "how far the folder of witnesses is written moves on; what it holds is compared, not this",
    "screening.Client": "a name is corrected; a code changes hands never",
    "screening.ClientNameWord": "what finds a name changes with the name and with the field keys",
    "screening.Draft": "answers as far as they are given; submitting copies them into what no longer changes",
    "screening.Erasure": "a request is confirmed or withdrawn, once; each step is an event",
    "screening.PracticePolicy": "a practice changes how it works; each change is an event",
    "screening.Protocol": "which of its versions is the active one moves",
    "screening.Screening": "a screening moves from one state to the next; each step is an event",
}

# Tables of Django and of packages: none holds a clinical record.
THIRD_PARTY_APPS = {
    *("account", "auth", "axes", "contenttypes", "django_tasks_database", "mfa", "sessions", "socialaccount"),
}
