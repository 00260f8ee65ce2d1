"""The words of the page that helps to install the home's certificate, in both languages. Owns nothing else.

In a step `{save}` is the link to the certificate, `{profile}` the one to Apple's profile, `{name}` the certificate's name,
`**…**` what the system itself calls something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Platform:
    """How one system installs a certificate. `marks`: what its browsers' User-Agent holds."""

    id: str
    name: str
    marks: tuple[str, ...]
    steps: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The page in one language."""

    title: str
    lead: str
    promise: str
    here: str
    fingerprint: str
    compare: str
    choose: str
    save: str
    profile: str
    yours: str
    open: str
    open_text: str
    back: str
    other: str
    closed: str
    platforms: tuple[Platform, ...]


_APPLE, _ANDROID = ("iPhone", "iPad", "iPod"), ("Android", "HarmonyOS", "OpenHarmony")

EN = Words(
    title="A secure address for this home",
    lead="Passkeys, notices and the app on the home screen need an address that your phone trusts. This home has a "
    "certificate of its own for that. Install it once on each phone and computer.",
    promise="It speaks for names and addresses inside a home only. It can never vouch for a bank, a shop or any other "
    "site on the internet, and it never leaves this home.",
    here="You are here over the secure address already: this device trusts this home.",
    fingerprint="Its fingerprint (SHA-256)",
    compare="The certificate’s details on your device show the same one, and so does jiahe doctor on the machine where "
    "Jiahe runs. If they differ, stop: somebody stands in between.",
    choose="How to install it",
    save="Save the certificate",
    profile="Get the profile",
    yours="this device",
    open="Open the secure address",
    open_text="No warning? Then it is done. Sign in there, and bookmark it.",
    back="Back to the app",
    other="中文",
    closed="The secure address is not open at the moment.",
    platforms=(
        Platform(
            "apple",
            "iPhone and iPad",
            _APPLE,
            (
                "{profile} in Safari and tap **Allow**.",
                "Open **Settings**: **Profile Downloaded** is at the top. Tap it, then **Install**.",
                "In **Settings → General → About → Certificate Trust Settings** switch **{name}** on.",
            ),
        ),
        Platform(
            "android",
            "Android",
            _ANDROID,
            (
                "{save}. If the browser asks, keep the file.",
                "Open **Settings** and search for **CA certificate** (in **Security → Encryption & credentials → "
                "Install a certificate**).",
                "Tap **CA certificate → Install anyway** and choose **jiahe-ca.crt**.",
            ),
            "Android says from then on that the network may be monitored: it says so of every certificate that a "
            "person installs. Firefox has a switch of its own: tap its logo five times under **About Firefox**, then "
            "**Secret settings → Use third party CA certificates**.",
        ),
        Platform(
            "mac",
            "Mac",
            ("Macintosh",),
            (
                "{save} and open it: **Keychain Access** takes it into **login**.",
                "Find **{name}** there, open it, and under **Trust** choose **Always Trust**.",
                "Close the window; your password confirms it.",
            ),
        ),
        Platform(
            "windows",
            "Windows",
            ("Windows",),
            (
                "{save}, open it and choose **Install Certificate → Current User**.",
                "Choose **Place all certificates in the following store → Browse → Trusted Root Certification "
                "Authorities**.",
                "Finish, and answer **Yes**.",
            ),
        ),
        Platform(
            "linux",
            "Linux",
            ("CrOS", "Linux", "X11"),
            (
                "{save}.",
                "Chromium: **Settings → Privacy and security → Security → Manage certificates → Custom → Installed by "
                "you → Import**.",
                "Firefox: **Settings → Privacy & Security → View Certificates → Authorities → Import**, and tick "
                "**websites**.",
            ),
        ),
    ),
)

ZH = Words(
    title="给这个家一个安全的地址",
    lead="通行密钥、通知和安装到主屏幕，都需要一个您的手机信任的地址。为此，这个家有自己的证书。每部手机和电脑只需安装一次。",
    promise="它只能证明家里的名称和地址。它永远不能为银行、商店或互联网上的任何网站作证，也从不离开这个家。",
    here="您已经在使用安全地址：此设备信任这个家。",
    fingerprint="证书指纹（SHA-256）",
    compare="您设备上的证书详情会显示同样的指纹，运行家和的机器上的 jiahe doctor 也会显示。如果不同，请停下：有人在中间。",
    choose="如何安装",
    save="保存证书",
    profile="下载描述文件",
    yours="此设备",
    open="打开安全地址",
    open_text="没有警告？那就完成了。请在那里登录，并收藏它。",
    back="返回应用",
    other="English",
    closed="安全地址目前没有打开。",
    platforms=(
        Platform(
            "apple",
            "iPhone 和 iPad",
            _APPLE,
            (
                "在 Safari 中{profile}，轻点**允许**。",
                "打开**设置**：顶部有**已下载描述文件**。轻点它，然后轻点**安装**。",
                "在**设置 → 通用 → 关于本机 → 证书信任设置**中打开 **{name}**。",
            ),
        ),
        Platform(
            "android",
            "安卓与鸿蒙",
            _ANDROID,
            (
                "{save}。如果浏览器询问，请保留文件。",
                "打开**设置**，搜索 **CA 证书**（位于**安全 → 加密与凭据 → 安装证书**）。",
                "轻点 **CA 证书 → 仍然安装**，选择 **jiahe-ca.crt**。",
            ),
            "此后系统会提示网络可能受到监控：对个人安装的每个证书它都这么说。Firefox 另有开关：在**关于 Firefox** 中"
            "连点徽标五次，然后打开**秘密设置 → 使用第三方 CA 证书**。",
        ),
        Platform(
            "mac",
            "Mac",
            ("Macintosh",),
            (
                "{save}并打开：**钥匙串访问**会把它放进**登录**。",
                "在那里找到 **{name}**，打开它，在**信任**下选择**始终信任**。",
                "关闭窗口，用您的密码确认。",
            ),
        ),
        Platform(
            "windows",
            "Windows",
            ("Windows",),
            (
                "{save}，打开它，选择**安装证书 → 当前用户**。",
                "选择**将所有的证书都放入下列存储 → 浏览 → 受信任的根证书颁发机构**。",
                "完成，并回答**是**。",
            ),
        ),
        Platform(
            "linux",
            "Linux",
            ("CrOS", "Linux", "X11"),
            (
                "{save}。",
                "Chromium：**设置 → 隐私和安全 → 安全 → 管理证书 → 自定义 → 由您安装 → 导入**。",
                "Firefox：**设置 → 隐私与安全 → 查看证书 → 证书颁发机构 → 导入**，并勾选**网站**。",
            ),
        ),
    ),
)

LANGUAGES: Mapping[str, Words] = MappingProxyType({"en": EN, "zh": ZH})
