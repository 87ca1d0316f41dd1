"""What is said no to. A Refusal carries a code and facts; the sentence for people is made in `broadcast.wording`."""


class Refusal(Exception):
    """Raised when something asked for is not done. Nothing has been changed.

    `code` names a sentence in `broadcast/words/refusal.toml`; `facts` fill its gaps.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(f"{code} {facts}" if facts else code)
        self.code = code
        self.facts = facts
