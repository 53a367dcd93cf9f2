/**
 * Social networks. Facts carried over by scripts/referrers.mjs from the public list
 * matomo-org/searchengine-and-social-list (CC0 1.0), whose names are kept. One source a line: its name and its hosts;
 * `{}` stands for any country's or general domain, a path for that part of a host.
 */
export const SOCIAL = `
Badoo: badoo.com
Bebo: bebo.com
bilibili: bilibili.com
BlackPlanet: blackplanet.com
Bluesky: bsky.app skyfeed.app
Buzznet: buzznet.com
Classmates.com: classmates.com
Cyworld: global.cyworld.com
Discord: discord.com discord.gg discordapp.com
Douyin: douyin.com
Douyu: douyu.com
Gaia Online: gaiaonline.com
Geni.com: geni.com
GitHub: github.com
Google+: com.google.android.apps.plus plus.google.com url.google.com
Douban: douban.com
Dribbble: dribbble.com
Facebook: facebook.com fb.me l.facebook.com m.facebook.com
Fetlife: fetlife.com
Flickr: flickr.com
Flixster: flixster.com
Fotolog: fotolog.com
Foursquare: foursquare.com
Friends Reunited: friendsreunited.com
Friendster: friendster.com
gree: gree.jp
Haboo: habbo.com
Hacker News: news.ycombinator.com
hi5: hi5.com
Huya: huya.com
Hyves: hyves.nl
identi.ca: identi.ca
Instagram: instagram.com l.instagram.com
lang-8: lang-8.com
Last.fm: last.fm lastfm.com.br lastfm.com.tr lastfm.de lastfm.es lastfm.fr lastfm.it lastfm.jp lastfm.pl lastfm.ru lastfm.se
LinkedIn: linkedin.android linkedin.com lnkd.in
LiveJournal: livejournal.com livejournal.ru
Mastodon: bitcoinhackers.org botsin.space c.im chaos.social cybre.space fosstodon.org friends.nico front-end.social graphics.social hachyderm.io indieweb.social knzk.me mamot.fr mas.to masto.ai mastodon.art mastodon.at mastodon.cloud mastodon.eus mastodon.jalgi.eus mastodon.nz mastodon.online mastodon.scot mastodon.social mastodon.technology mastodon.world mastodon.xyz mastodonapp.uk mastodont.cat mstdn.io mstdn.jp mstdn.party mstdn.social newsie.social ohai.social org.joinmastodon.android pawoo.net quey.org ro-mastodon.puyo.jp sfba.social social.tchncs.de social.vivaldi.net tkm.eus toot.community typo.social universeodon.com vis.social
MeinVZ: meinvz.net
MissEvan: missevan.com
Mixi: mixi.jp
MoiKrug.ru: moikrug.ru
Multiply: multiply.com
my.mail.ru: my.mail.ru
MyHeritage: myheritage.com
MyLife: mylife.ru
Myspace: myspace.com
myYearbook: myyearbook.com
Nasza-klasa.pl: nk.pl
Netlog: netlog.com
Niconico: nicovideo.jp
Odnoklassniki: odnoklassniki.ru
Orkut: orkut.com
Ozone: qzone.qq.com
Peepeth: peepeth.com
Pinterest: at.pinterest.com ch.pinterest.com cl.pinterest.com co.pinterest.com dk.pinterest.com es.pinterest.com hu.pinterest.com id.pinterest.com ie.pinterest.com in.pinterest.com it.pinterest.com kr.pinterest.com mx.pinterest.com nl.pinterest.com nz.pinterest.com ph.pinterest.com pinterest.ca pinterest.ch pinterest.co.uk pinterest.com pinterest.com.au pinterest.de pinterest.dk pinterest.es pinterest.fr pinterest.ie pinterest.info pinterest.jp pinterest.nz pinterest.pt pinterest.se pt.pinterest.com ru.pinterest.com se.pinterest.com
Pixelfed: metapixl.com pix.toot.wales pixelfed.de pixelfed.social pixelfed.uno pixey.org pxlmo.com
Plaxo: plaxo.com
reddit: com.reddit.frontpage np.reddit.com pay.reddit.com reddit.com
Renren: renren.com
Skyrock: skyrock.com
Snapchat: com.snapchat.android snapchat.com
Sonico.com: sonico.com
SoundCloud: gate.sc soundcloud.com
StackOverflow: stackoverflow.com
StudiVZ: studivz.net
Tagged: login.tagged.com
Taringa!: taringa.net
Telegram: org.telegram.messenger web.telegram.org
Threads: l.threads.com l.threads.net threads.com threads.net
TikTok: tiktok.com
Tuenti: tuenti.com
tumblr: t.umblr.com tumblr.com
Twitcast: twitcasting.tv
Twitter: t.co twitter.com x.com
Sourceforge: sourceforge.net
StumbleUpon: stumbleupon.com
Vkontakte: vk.com vkontakte.ru
YouTube: youtu.be youtube.com
V2EX: v2ex.com
Viadeo: viadeo.com
Vimeo: vimeo.com
vkrugudruzei.ru: vkrugudruzei.ru
WAYN: wayn.com
WeChat: channels.weixin.qq.com mp.weixin.qq.com open.weixin.qq.com wechat.com
Weibo: t.cn weibo.com
WeeWorld: weeworld.com
Windows Live Spaces: login.live.com
Workplace: l.workplace.com lm.workplace.com workplace.com
Xanga: xanga.com
XING: xing.com
`
