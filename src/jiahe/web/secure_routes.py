"""The rows of the table for passkeys, the second factor and the secure address. Owns nothing else; `routes.py` takes them
in.
"""

from __future__ import annotations

from jiahe.home.permission import About, Verb
from jiahe.web import passkeys, second_factor, trust
from jiahe.web.call import Route
from jiahe.web.shape import Field

SEE, SHARE, PEOPLE = Verb.SEE, Verb.SHARE, About.PEOPLE

ANSWER = Field("object", "What the browser's credential says, as its toJSON() gives it.", required=True)
CODE = Field("string", "Of the app, or a recovery code.", required=True, low=1, high=40)

ROUTES: tuple[Route, ...] = (
    # ---- passkeys
    Route(
        "GET",
        "/api/passkeys",
        "One's own passkeys",
        SEE,
        passkeys.get_passkeys,
        {200: "Passkeys"},
        about=None,
    ),
    Route(
        "POST",
        "/api/passkeys/options",
        "What the browser is asked to make a passkey",
        SEE,
        passkeys.post_passkey_options,
        {200: "PasskeyOptions"},
        body={},
        about=None,
    ),
    Route(
        "POST",
        "/api/passkeys",
        "Keep the passkey that the browser made",
        SEE,
        passkeys.post_passkey,
        {201: "Passkey"},
        body={"passkey": ANSWER, "name": Field("string", "What its person calls it.", high=400)},
        about=None,
    ),
    Route(
        "DELETE",
        "/api/passkeys/{id}",
        "One's own passkey opens nothing any more",
        SEE,
        passkeys.delete_passkey,
        {204: ""},
        about=None,
    ),
    Route(
        "POST",
        "/api/session/passkey/options",
        "What the browser is asked to sign in by a passkey, or, signed in, to confirm by one",
        None,
        passkeys.post_passkey_challenge,
        {200: "PasskeyOptions"},
        body={},
    ),
    Route(
        "POST",
        "/api/session/passkey",
        "Sign in by a passkey",
        None,
        passkeys.post_passkey_session,
        {204: ""},
        body={"passkey": ANSWER},
    ),
    # ---- the second factor
    Route(
        "GET",
        "/api/second-factor",
        "One's own second factor",
        SEE,
        second_factor.get_second_factor,
        {200: "SecondFactor"},
        about=None,
    ),
    Route(
        "POST",
        "/api/second-factor/totp",
        "A secret for an authenticator app; it counts once it was proved",
        SEE,
        second_factor.post_app,
        {201: "AppSecret"},
        body={},
        about=None,
    ),
    Route(
        "PUT",
        "/api/second-factor/totp",
        "Prove the app and switch the second factor on",
        SEE,
        second_factor.put_app,
        {200: "SecondFactorCodes"},
        body={"code": CODE},
        about=None,
    ),
    Route(
        "POST",
        "/api/second-factor/recovery",
        "New recovery codes; takes a proof",
        SEE,
        second_factor.post_recovery,
        {201: "SecondFactorCodes"},
        body={},
        about=None,
    ),
    Route(
        "DELETE",
        "/api/second-factor",
        "Switch one's own off; takes a proof",
        SEE,
        second_factor.delete_second_factor,
        {204: ""},
        about=None,
    ),
    Route(
        "DELETE",
        "/api/people/{id}/second-factor",
        "Switch somebody's off who lost it",
        SHARE,
        second_factor.delete_persons_second_factor,
        {204: ""},
        about=PEOPLE,
    ),
    Route(
        "POST",
        "/api/session/confirm",
        "Confirm for five minutes that it is oneself",
        SEE,
        second_factor.post_confirm,
        {200: "SecondFactor"},
        body={
            "code": Field("string", "Of the app, or a recovery code.", low=1, high=40),
            "passkey": Field("object", "What the browser's credential says."),
        },
        about=None,
    ),
    # ---- the secure address
    Route("GET", "/api/secure", "Where the secure address is", None, trust.get_secure, {200: "Secure"}),
    Route(
        "PUT",
        "/api/secure",
        "Whether everybody is sent to the secure address",
        SHARE,
        trust.put_secure,
        {200: "Secure"},
        body={"only": Field("boolean", "On or off.", required=True)},
        about=PEOPLE,
    ),
    Route(
        "GET",
        "/trust",
        "How to install the home's certificate",
        None,
        trust.get_page,
        {200: "Page"},
        query={"lang": Field("string", "en or zh.", low=2, high=2)},
    ),
    Route(
        "GET", "/trust/ca.crt", "The home's certificate", None, trust.get_certificate, {200: "Certificate"}
    ),
    Route(
        "GET",
        "/trust/ca.mobileconfig",
        "The home's certificate as Apple's profile",
        None,
        trust.get_profile,
        {200: "Profile"},
    ),
)
