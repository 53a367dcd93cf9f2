/**
 * Search engines. Facts carried over by scripts/referrers.mjs from the public list
 * matomo-org/searchengine-and-social-list (CC0 1.0), whose names are kept. One source a line: its name and its hosts;
 * `{}` stands for any country's or general domain, a path for that part of a host.
 */
export const SEARCH = `
1.cz: 1.cz
118 700: 118700.se foretag.118700.se webben.118700.se
123people: 123people.com 123people.{}
360search: m.so.com so.360.cn so.com sou.com
Abacho: abacho.at abacho.ch abacho.co.uk abacho.com abacho.de abacho.es abacho.fr abacho.it se.abacho.com tr.abacho.com
ABCsøk: abcsok.no verden.abcsok.no
Acoon: acoon.de
Aguea: chercherfr.aguea.com
Allaverksamheter: allaverksamheter.se
Alexa: alexa.com search.toolbars.alexa.com
Alice Adsl: rechercher.aliceadsl.fr
All.by: all.by
Allesklar: allesklar.at allesklar.ch allesklar.de
AllTheInternet: alltheinternet.com
AllTheWeb: alltheweb.com
AlohaFind: alohafind.com
AltaVista: altavista.com altavista.de altavista.fr be-fr.altavista.com be-nl.altavista.com listings.altavista.com search.altavista.com
AOL: aim.search.aol.com alicesuche.aol.de alicesuchet.aol.de aolbusqueda.aol.com.mx aolimages.aol.fr aolrecherche.aol.fr aolrecherches.aol.fr aolsearch.aol.co.uk aolsearch.aol.com de.aolsearch.com find.web.aol.com o2suche.aol.de recherche.aol.ca recherche.aol.fr search-intl.netscape.com search.aol.co.uk search.aol.com search.aol.it search.hp.my.aol.com.au search.hp.my.aol.de search.hp.my.aol.it suche.aol.de suche.aolsvc.de sucheaol.aol.de suchet2.aol.de
Apollo lv: apollo.lv/portal/search
Apollo7: apollo7.de
Aport: sm.aport.ru
Arama: arama.com
Arcor: arcor.de
Arianna: arianna.com arianna.libero.it
Ask: ask.co.uk ask.com ask.reference.com askkids.com avira-int.ask.com avira.search.ask.com images.ask.com images.{}.ask.com int.ask.com int.search-results.com int.search.tb.ask.com iwon.ask.com mws.ask.com nortonsafe.search.ask.com qbyrd.com search-results.com search.ask.com search.tb.ask.com searchqu.com web.ask.com www1.search-results.com
Avira SafeSearch: safesearch.avira.com search.avira.com search.avira.net urls:
Atlas: searchatlas.centrum.cz
auone: search.auone.jp sp-search.auone.jp sp-web.search.auone.jp
auone Images: sp-image.search.auone.jp
Austronaut: www1.austronaut.at www2.austronaut.at
Babylon: search.babylon.com searchassist.babylon.com
Baidu: baidu.co.th baidu.com m.baidu.com news.baidu.com tieba.baidu.com www1.baidu.com zhidao.baidu.com
Biglobe: cgi.search.biglobe.ne.jp
Biglobe Images: images.search.biglobe.ne.jp
Bing: bing.com cc.bingj.com dizionario.it.msn.com enciclopedia.it.msn.com global.bing.com msnbc.msn.com
Bing Images: bing.com/images/search
blekko: blekko.com
Blogdigger: blogdigger.com
Blogpulse: blogpulse.com
Bluewin: search.bluewin.ch
Brave: search.brave.com
Canoe.ca: web.canoe.ca
Centrum: morfeo.centrum.cz search.centrum.cz
Charter: charter.net
Claro Search: claro-search.com
ChatGPT: chat.openai.com chatgpt.com
Clix: pesquisa.clix.pt
Cốc Cốc: coccoc.com
Comcast: search.comcast.net
Compuserve.com (Enhanced by Google): websearch.cs.com
Conduit.com: images.search.conduit.com search.conduit.com
Crawler: crawler.com
Cuil: cuil.com
Daemon search: daemon-search.com my.daemon-search.com
DasOertliche: dasoertliche.de www2.dasoertliche.de
DasTelefonbuch: www1.dastelefonbuch.de
Daum: search.daum.net
Delfi EE: otsing.delfi.ee
Delfi lv: smart.delfi.lv
Digg: digg.com
dir.com: fr.dir.com
DisconnectSearch: search.disconnect.me
dmoz: dmoz.org editors.dmoz.org
DuckDuckGo: duckduckgo.com duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion r.duckduckgo.com
Earthlink: search.earthlink.net
Ecosia: ecosia.org
El Mundo: ariadna.elmundo.es
Eniro: eniro.se
Entireweb: entireweb.com
eo: eo.st
EpicSearch.in: epicsearch.in
Eurip: eurip.com
Euroseek: euroseek.com
Everyclick: everyclick.com
Exalead: exalead.com exalead.fr
Excite: excite.co.jp msxml.excite.com search.excite.co.uk search.excite.de search.excite.es search.excite.fr search.excite.it search.excite.nl
Facebook: facebook.com
Fast Browser Search: fastbrowsersearch.com
Findhurtig: findhurtig.dk
Fireball: fireball.com fireball.de
Firstsfind: firstsfind.com
Fixsuche: fixsuche.de
Flix.de: flix.de
Fooooo: search.fooooo.com
Forestle: forestle.mobi forestle.org
Francite: recherche.francite.com
Free: search.free.fr search1-1.free.fr search1-2.free.fr
FreeCause: search.freecause.com
Freenet: suche.freenet.de
Freespoke: freespoke.com
FriendFeed: friendfeed.com
Frontier: search.frontier.com
GAIS: gais.cs.ccu.edu.tw
Genieo: search.genieo.com
Geona: geona.net
Gibiru: gibiru.com
Gigablast: gigablast.com
Gigablast (Directory): dir.gigablast.com
Gnadenmeer: gnadenmeer.de
Gomeo: gomeo.com
goo: ocnsearch.goo.ne.jp search.goo.ne.jp
Google: cgi2.nintendo.co.jp cnn.com com.google.android.googlequicksearchbox darkoogle.com delta-search.com encrypted.google.com fastweb.it find.tdc.dk gfsoso.com go.google.com gogole.com gogole.{} googel.com googel.{} google.com google.{} gooofullsearch.com gppgle.com gppgle.{} image.search.smt.docomo.ne.jp ipv6.google.com isearch.avg.com it.luna.tv kadaza.com monumentbrowser.com netlavis.azione.jp optuszoo.com.au search.1und1.de search.abv.bg search.alot.com search.avg.com search.bt.com search.chedot.com search.darkoogle.com search.dolphin-browser.jp search.f-secure.com search.foxtab.com search.gmx.com search.hiyo.com search.incredibar.com search.incredimail.com search.juno.com search.leonardo.it search.nan.so search.smt.docomo.ne.jp search.sweetim.com search.walla.co.il search.xfinity.com search.zonealarm.com search.zum.com search1.incredimail.com search2.incredimail.com search3.incredimail.com search4.incredimail.com searches.f-secure.com searches.safehomepage.com searchresults.verizon.com start.lenovo.com startab.me suche.1und1.de suche.gmx.net webcache.googleusercontent.com wow.com www1.delta-search.com www2.google.com wwwgoogle.com wwwgoogle.{}
Google Blogsearch: blogsearch.google.com blogsearch.google.{}
Google Custom Search: cse.google.com cse.google.{} google.com/cse google.com/custom google.{}/cse google.{}/custom
Google Images: google.com/imgres google.{}/imgres images.google.com images.google.{}
Google Maps: maps.google.com maps.google.{}
Google News: news.google.com news.google.{}
Google Scholar: scholar.google.com scholar.google.{}
Google Shopping: google.com/products google.{}/products
Google syndicated search: googlesyndicatedsearch.com
Google Translations: translate.google.com
Google Video: video.google.com
GoYellow.de: goyellow.de
Gule Sider: gulesider.no
Haosou: haosou.com
HighBeam: highbeam.com
Hit-Parade: class.hit-parade.com hit-parade.com req.hit-parade.com
Holmes: holmes.ge
Hooseek: hooseek.com
Hotbot: hotbot.com
I-play: start.iplay.com
Icerocket: blogs.icerocket.com
ICQ: icq.com search.icq.com
Ilse NL: ilse.nl
iMesh: search.imesh.com
Inbox: www2.inbox.com
info.com: info.com
InfoSpace: dogpile.com govome.inspsearch.com home.speedbit.com infospace.com isearch.babylon.com isearch.glarysoft.com metacrawler.com search.avast.com search.b1.org search.chatzum.com search.fbdownloader.com search.handycafe.com search.iminent.com search.kiwee.com search.magentic.com search.searchcompletion.com search.v9.com search.webssearches.com searches.vi-view.com searches3.globososo.com searchmobileonline.com searchya.com start.facemoods.com start.funmoods.com tattoodle.com utorrent.inspsearch.com webcrawler.com webfetch.com wsdsold.infospace.com
Interia: google.interia.pl
Isodelen: isodelen.se
IxQuick: eu.ixquick.com ixquick.com ixquick.de s1-eu.ixquick.de s1.us.ixquick.com s2-eu4.ixquick.com s2.us.ixquick.com s3.us.ixquick.com s4.us.ixquick.com s5-eu4.ixquick.com s5.us.ixquick.com s8-eu.ixquick.com us.ixquick.com
Jungle Key: junglekey.com junglekey.fr
Jungle Spider: jungle-spider.de
Junior Safe Search: juniorsafesearch.com
Jyxo: jyxo.1188.cz
K9 Safe Search: k9safesearch.com
Kagi: kagi.com
KARMA: karmasearch.org
Kataweb: kataweb.it
Kensaq: kensaq.com
Kvasir: kvasir.no
La Toile Du Québec (Google): toile.com web.toile.com
Laban: laban.vn
Latne: latne.lv
Lilo: search.lilo.org
Lo.st: lo.st
Local Moxie: localmoxie.com
LookAny: lookany.com
Lookseek: search.lookseek.com
Looksmart: looksmart.com
Lycos: lycos.{} search.lycos.com
maailm.com: maailm.com
Mailru: go.mail.ru
Mamma: mamma.com mamma75.mamma.com
Meinestadt.de: meinestadt.de
Meta.ua: meta.ua
MetaCrawler DE: s1.metacrawler.de s2.metacrawler.de s3.metacrawler.de
Metager: meta.rrzn.uni-hannover.de metager.de
Metager2: metager2.de
Mister Wong: mister-wong.com mister-wong.de
Mojeek: mojeek.com
Monstercrawler: monstercrawler.com
mozbot: mozbot.co.uk mozbot.com mozbot.fr
MyPrivateSearch: myprivatesearch.com
MySpace: searchservice.myspace.com
MyWebSearch: kf.mysearch.myway.com ki.mysearch.myway.com ms114.mysearch.com ms146.mysearch.com mysearch.com search.myway.com search.mywebsearch.com
Najdi.si: najdi.si
Nate: search.nate.com
Naver: search.naver.com
Needtofind: ko.search.need2find.com
Neti: neti.ee
Nifty: search.azby.fmworld.net search.nifty.com
Nifty Videos: videosearch.nifty.com
Nigma: nigma.ru
OceanHero: oceanhero.today
Onet.pl: szukaj.onet.pl
Online.no: online.no
OnlySearch: only-search.com
Opplysningen 1881: 1881.no
Orange: busca.orange.es lemoteur.ke.voila.fr lemoteur.orange.fr
Paperball: paperball.de
PeopleCheck: extern.peoplecheck.de
PeoplePC: search.peoplepc.com
Perplexity: perplexity.ai
Picsearch: picsearch.com
Plazoo: plazoo.com
PlusNetwork: plusnetwork.com
Poisk.Ru: poisk.ru
Presearch: presearch.com
PrivacyWall: privacywall.org
qip.ru: search.qip.ru
Qualigo: qualigo.at qualigo.ch qualigo.de qualigo.nl
Quendu: quendu.com
Qwant: lite.qwant.com qwant.com
Rakuten: websearch.rakuten.co.jp
Rambler: nova.rambler.ru
Riksdelen: riksdelen.se
Road Runner: search.rr.com
rpmfind: fr2.rpmfind.net rpmfind.net
Sapo: pesquisa.sapo.pt
Scour.com: scour.com
Search.ch: search.ch
Search.com: search.com
Searchalot: searchalot.com
SearchCanvas: searchcanvas.com
SearchLock: results.searchlock.com searchlock.com
Searchy: searchy.co.uk
SeeSaa: search.seesaa.jp
Setooz: bg.setooz.com da.setooz.com el.setooz.com fa.setooz.com setooz.com ur.setooz.com
Seznam: search.seznam.cz
Seznam Videa: videa.seznam.cz
Sharelook: sharelook.fr
Skynet: skynet.be
sm.cn: m.sm.cn m.sp.sm.cn quark.sm.cn so.m.sm.cn yz.m.sm.cn
sm.de: sm.de
SmartAddressbar: search.smartaddressbar.com
SmartShopping: search.smartshopping.com
Snap.do: search.snap.do
So-net: so-net.ne.jp
So-net Videos: video.so-net.ne.jp
Softonic: search.softonic.com
Sogou: english.sogou.com m.sogou.com sogou.com wap.sogou.com
Soso: soso.com
Sputnik: sputnik.ru
StartPage: classic.startpage.com eu.startpage.com s1-eu5.startpage.com s10-eu5.startpage.com s11-eu5.startpage.com s12-eu5.startpage.com s13-eu5.startpage.com s14-eu5.startpage.com s2-eu4.startpage.com s2-eu5.startpage.com s4-eu5.startpage.com s5-eu5.startpage.com s6-eu4.startpage.com s6-eu5.ixquick.com s6-eu5.startpage.com s7-eu4.startpage.com s7-eu5.startpage.com s8-eu5.startpage.com startpage.com startpagel6srwcjlue4zgq3zevrujfaow726kjytqbbjyrswwmjzcqd.onion
Startpagina (Google): startgoogle.startpagina.nl
Startsiden: startsiden.no
Stract: stract.com
Suche.info: suche.info
Suchmaschine.com: suchmaschine.com
Suchnase: suchnase.de
Surf Canyon: surfcanyon.com
Swiggle: swiggle.org.uk
Swisscows: swisscows.com
T-Online: brisbane.t-online.de navigationshilfe.t-online.de suche.t-online.de
talimba: talimba.com
TalkTalk: talktalk.co.uk
Tarmot: tarmot.com
Technorati: technorati.com
Teoma: teoma.com
Terra: buscador.terra.cl buscador.terra.com.br buscador.terra.es
Tiscali: hledani.tiscali.cz search-dyn.tiscali.it search.tiscali.it
Tixuma: tixuma.de
Toolbarhome: toolbarhome.com vshare.toolbarhome.com
Toppreise.ch: de.toppreise.ch en.toppreise.ch fr.toppreise.ch toppreise.ch
Torry: torry.io
TUSK Search: tusksearch.com
Trouvez.com: trouvez.com
TrovaRapido: trovarapido.com
Trusted Search: trusted-search.com
Trustnav: search.trustnav.com
Twingly: twingly.com
uol.com.br: busca.uol.com.br
URL.ORGanzier: url.org
Vinden: vinden.nl
Vindex: search.vindex.nl vindex.nl
Virgilio: mobile.virgilio.it ricerca.virgilio.it ricercaimmagini.virgilio.it ricercanews.virgilio.it ricercavideo.virgilio.it
Voila: lemoteur.fr search.ke.voila.fr
Volny: web.volny.cz
Vuhuv: vuhuv.com
Walhello: walhello.com walhello.de walhello.info walhello.nl
Web.de: m.suche.web.de suche.web.de
Web.nl: web.nl
weborama: weborama.fr
WebSearch: websearch.com
Wedoo: en.wedoo.com es.wedoo.com fr.wedoo.com
Winamp: search.winamp.com
Wirtualna Polska: szukaj.wp.pl
Witch: witch.de
Woopie: woopie.jp
www värav: search.www.ee
X-Recherche: x-recherche.com
Yahoo!: benefind.de cade.yahoo.com cercato.it espanol.search.yahoo.com malaysia.search.yahoo.com one.cn.yahoo.com qc.search.yahoo.com r.search.yahoo.com search.offerbox.com search.yahoo.com ys.mirostart.com
Yahoo! Directory: search.yahoo.com/search/dir
Yahoo! Images: cade.images.yahoo.com espanol.images.yahoo.com images.search.yahoo.com images.yahoo.com qc.images.yahoo.com
Yahoo! Japan: home.kingsoft.jp jp.hao123.com jwsearch.jword.jp search.yahoo.co.jp
Yahoo! Japan Images: image.search.yahoo.co.jp
Yahoo! Japan Videos: video.search.yahoo.co.jp
Yam: search.yam.com
Yandex: clck.yandex.{} m.yandex.{} ya.ru yabs.yandex.{} yandex.com yandex.ru yandex.{}
Yandex Images: images.yandex.com images.yandex.ru images.yandex.{}
Yasni: yasni.at yasni.ch yasni.co.uk yasni.com yasni.de
Yatedo: yatedo.com yatedo.fr
Yellowmap: yellowmap.de
Yep: yep.com
Yippy: search.yippy.com
Yongzin: yongzin.com
You: you.com
YouGoo: yougoo.fr
ZapMeta: zapmeta.com zapmeta.{} zapmetasearch.{}
Zhongsou: p.zhongsou.com
Zoek: www3.zoek.nl
Zoeken: zoeken.nl
Zoohoo: zoohoo.cz
Zoznam: zoznam.sk
Zxuso: zxuso.com
묻지마 검색: kwzf.net
`
