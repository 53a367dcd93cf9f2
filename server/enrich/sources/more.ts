/** What the public lists lack, in the same form: one source a line, its name and its hosts; apps by their package. */

export const MORE_ASSISTANTS = `
Character.AI: character.ai
ChatGPT: com.openai.chatgpt
Claude: com.anthropic.claude
Copilot: copilot.com bing.com/chat
Doubao: doubao.com
Gemini: aistudio.google.com
Genspark: genspark.ai
Kimi: kimi.com kimi.moonshot.cn
Manus: manus.im
Perplexity: ai.perplexity.app.android
Phind: phind.com
Pi: pi.ai
Poe: poe.com
`

export const MORE_SOCIAL = `
Facebook: com.facebook.katana lm.facebook.com
Instagram: com.instagram.android
KakaoTalk: com.kakao.talk
Lemmy: lemmy.world lemmy.ml
Line: line.me jp.naver.line.android
LinkedIn: com.linkedin.android
Lobsters: lobste.rs
Mastodon: mas.to mastodon.online fosstodon.org hachyderm.io infosec.exchange chaos.social
Messenger: messenger.com com.facebook.orca
Nextdoor: nextdoor.com nextdoor.de
Pinterest: com.pinterest
Quora: quora.com
Slashdot: slashdot.org
Telegram: org.telegram.messenger
TikTok: com.zhiliaoapp.musically
Twitter: com.twitter.android
WhatsApp: whatsapp.com wa.me com.whatsapp
`

export const MORE_SEARCH = `
DuckDuckGo: com.duckduckgo.mobile.android
Google: com.google.android.googlequicksearchbox
Petal Search: petalsearch.com
`

export const EMAIL = `
AOL Mail: mail.aol.com
Daum Mail: mail.daum.net
Fastmail: fastmail.com
freenet Mail: webmail.freenet.de
Gmail: mail.google.com com.google.android.gm
GMX: navigator.gmx.net 3c.gmx.net
iCloud Mail: icloud.com/mail
Libero Mail: mail.libero.it
Mail.ru: e.mail.ru
Mailchimp: list-manage.com campaign-archive.com
Naver Mail: mail.naver.com
NetEase Mail: mail.163.com mail.126.com
Onet Poczta: poczta.onet.pl
Orange Mail: messagerie.orange.fr webmail.orange.fr
Outlook: outlook.live.com outlook.office.com outlook.office365.com mail.live.com com.microsoft.office.outlook
Proton Mail: mail.proton.me mail.protonmail.com
QQ Mail: mail.qq.com
Seznam Email: email.seznam.cz
T-Online Mail: email.t-online.de
Tuta: app.tuta.com mail.tutanota.com
WEB.DE Mail: navigator.web.de 3c.web.de
WP Poczta: poczta.wp.pl
Yahoo! Mail: mail.yahoo.com mail.yahoo.co.jp com.yahoo.mobile.client.android.mail
Yandex Mail: mail.yandex.{}
Zoho Mail: mail.zoho.com mail.zoho.eu
`

export const VIDEO = `
BitChute: bitchute.com
Dailymotion: dailymotion.com dai.ly
Disney+: disneyplus.com
Hulu: hulu.com
iQIYI: iqiyi.com
Loom: loom.com
Nebula: nebula.tv
Netflix: netflix.com
Odysee: odysee.com
Rumble: rumble.com
TED: ted.com
Twitch: twitch.tv tv.twitch.android.app
Vimeo: vimeo.com
Wistia: wistia.com
Youku: youku.com
YouTube: youtube.com youtu.be youtube-nocookie.com com.google.android.youtube
`

/** Known by name, and no search engine though some lie under one: a link in a document is a plain referral. */
export const OTHER = `
Atlassian: atlassian.net
DEV: dev.to
Feedly: feedly.com
Flipboard: flipboard.com
Google Account: accounts.google.com myaccount.google.com support.google.com
Google Ads: ads.google.com googleads.g.doubleclick.net
Google Analytics: analytics.google.com tagassistant.google.com tagmanager.google.com
Google Calendar: calendar.google.com
Google Chat: chat.google.com
Google Classroom: classroom.google.com
Google Cloud: cloud.google.com console.cloud.google.com
Google Developers: developers.google.com
Google Docs: docs.google.com
Google Drive: drive.google.com
Google Groups: groups.google.com
Google Meet: meet.google.com
Google Play: play.google.com
Google Search Console: search.google.com
Google Sites: sites.google.com
Indie Hackers: indiehackers.com
Inoreader: inoreader.com
Medium: medium.com
Microsoft Teams: teams.microsoft.com teams.live.com
Notion: notion.so notion.site
Pocket: getpocket.com
Product Hunt: producthunt.com
SharePoint: sharepoint.com
Slack: slack.com com.slack
Substack: substack.com
Trello: trello.com
Wikipedia: wikipedia.org
Yandex Disk: disk.yandex.{}
`
