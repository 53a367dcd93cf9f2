/**
 * Analytics and advertising whose owners say what they are for: none of it is essential, whatever a manifest calls it.
 * As of November 2026; names were compared with the Open Cookie Database too.
 */
export interface KnownTracker {
  /** What people call it. */
  owner: string
  /** Where its owner documents it: the page about cookies, or the documentation that leads to it. */
  source: string
  /** Names of cookies and storage keys; `*` at the end stands for any ending. */
  names: readonly string[]
  /** Names that others use too: they count only where one of these words is in the service's name or provider. */
  sharedNames?: { names: readonly string[]; beside: readonly string[] }
  /** Hosts, with everything below them. */
  hosts: readonly string[]
  /** Words in the name of a service that mean it, in lower case. */
  words: readonly string[]
}

const list = (names: string): string[] => names.split(' ')

export const KNOWN_TRACKERS: readonly KnownTracker[] = [
  {
    owner: 'Google Analytics',
    source: 'https://policies.google.com/technologies/cookies',
    names: list('_ga _ga_* _gid _gat* _gali _dc_gtm_* __utm* FPID FPLC'),
    // The tag manager loads what its owner puts into it, so that nothing of it can be promised.
    hosts: list('google-analytics.com analytics.google.com googletagmanager.com'),
    words: ['google analytics', 'google tag manager'],
  },
  {
    owner: 'Google Ads and DoubleClick',
    source: 'https://business.safety.google/adscookies/',
    names: list(
      '_gcl_* _gac_* __gads __gpi __gpi_optout __gsas FPGCL* FPAU IDE DSID NID ANID ar_debug GED_PLAYLIST_ACTIVITY',
    ),
    sharedNames: { names: list('test_cookie'), beside: list('google doubleclick') },
    hosts: list('doubleclick.net googlesyndication.com googleadservices.com adservice.google.com'),
    words: ['google ads', 'doubleclick', 'adsense'],
  },
  {
    owner: 'YouTube with cookies',
    source: 'https://policies.google.com/technologies/cookies',
    names: list('VISITOR_INFO1_LIVE VISITOR_PRIVACY_METADATA'),
    hosts: [],
    words: [],
  },
  {
    owner: 'Meta',
    source: 'https://www.facebook.com/privacy/policies/cookies/',
    names: list('_fbp _fbc'),
    sharedNames: { names: list('fr datr sb oo wd usida'), beside: list('meta facebook instagram') },
    hosts: list('facebook.net facebook.com'),
    words: ['meta pixel', 'facebook pixel'],
  },
  {
    owner: 'Hotjar',
    source: 'https://help.hotjar.com/hc/en-us/articles/6952777582999',
    names: list('_hj* hjViewportId hj_visitor'),
    hosts: list('hotjar.com hotjar.io'),
    words: ['hotjar'],
  },
  {
    owner: 'Contentsquare',
    source: 'https://docs.contentsquare.com/en/web/storage/',
    names: list('_cs_* __CT_Data _CT_RS_ WRUID'),
    hosts: list('contentsquare.net contentsquare.com'),
    words: ['contentsquare'],
  },
  {
    owner: 'Microsoft Clarity',
    source: 'https://learn.microsoft.com/en-us/clarity/setup-and-installation/cookie-list',
    names: list('_clck _clsk CLID ANONCHK'),
    sharedNames: { names: list('SM MR'), beside: list('microsoft clarity') },
    hosts: list('clarity.ms'),
    words: ['microsoft clarity'],
  },
  {
    owner: 'Microsoft Advertising',
    source: 'https://help.ads.microsoft.com/apex/index/3/en/53056',
    names: list('_uet* MUID MUIDB MSPTC'),
    hosts: list('bat.bing.com bat.bing.net'),
    words: ['microsoft advertising', 'microsoft ads', 'bing ads'],
  },
  {
    owner: 'Pinterest',
    source: 'https://help.pinterest.com/en/business/article/pinterest-tag-parameters-and-cookies',
    names: list('_pin_* _epik _derived_epik _pinterest_ct*'),
    hosts: list('ct.pinterest.com'),
    words: ['pinterest tag'],
  },
  {
    owner: 'TikTok',
    source: 'https://ads.tiktok.com/help/article/using-cookies-with-tiktok-pixel',
    names: list('_ttp _tt_enable_cookie ttclid ttcsid* tt_pixel_* tt_sessionId ttwid'),
    hosts: list('analytics.tiktok.com'),
    words: ['tiktok pixel'],
  },
  {
    owner: 'LinkedIn',
    source: 'https://www.linkedin.com/legal/l/cookie-table',
    names: list(
      'li_fat_id li_sugr li_oatml ln_or lms_ads lms_analytics bcookie bscookie UserMatchHistory AnalyticsSyncHistory BizographicsOptOut spectroscopyId',
    ),
    hosts: list('snap.licdn.com px.ads.linkedin.com ads.linkedin.com'),
    words: ['linkedin insight', 'linkedin ads'],
  },
  {
    owner: 'X',
    source: 'https://help.x.com/en/rules-and-policies/x-cookies',
    names: list('personalization_id muc_ads guest_id_ads guest_id_marketing _twclid'),
    hosts: list('ads-twitter.com analytics.twitter.com ads-api.x.com'),
    words: ['twitter pixel', 'twitter ads'],
  },
  {
    owner: 'Snapchat',
    source: 'https://www.snap.com/privacy/cookie-information',
    names: list('_scid _scid_r sc_at _schn'),
    hosts: list('sc-static.net tr.snapchat.com'),
    words: ['snap pixel', 'snapchat pixel'],
  },
  {
    owner: 'Reddit',
    source: 'https://www.reddit.com/policies/cookies',
    names: list('_rdt_*'),
    hosts: list('redditstatic.com alb.reddit.com'),
    words: ['reddit pixel', 'reddit ads'],
  },
  {
    owner: 'HubSpot',
    source:
      'https://knowledge.hubspot.com/privacy-and-consent/what-cookies-does-hubspot-set-in-a-visitor-s-browser',
    names: list('__hstc hubspotutk __hssc __hssrc messagesUtk'),
    hosts: list('hs-analytics.net hs-scripts.com track.hubspot.com'),
    words: ['hubspot analytics', 'hubspot tracking'],
  },
  {
    owner: 'Matomo',
    source: 'https://matomo.org/faq/general/faq_146/',
    // Not mtm_consent, where Matomo keeps a choice.
    names: list('_pk_*'),
    hosts: list('matomo.cloud'),
    words: ['matomo', 'piwik'],
  },
  {
    owner: 'Amplitude',
    source: 'https://amplitude.com/docs/sdks/analytics/browser/cookies-and-consent-management',
    names: list('AMP_* amplitude_*'),
    hosts: list('amplitude.com'),
    words: ['amplitude'],
  },
  {
    owner: 'Mixpanel',
    source: 'https://docs.mixpanel.com/docs/tracking-methods/sdks/javascript',
    names: list('mp_*'),
    hosts: list('mixpanel.com mxpnl.com'),
    words: ['mixpanel'],
  },
  {
    owner: 'Segment',
    source: 'https://segment.com/docs/connections/sources/catalog/libraries/website/javascript/',
    names: list('ajs_*'),
    hosts: list('segment.com segment.io'),
    words: ['segment.com', 'twilio segment'],
  },
  {
    owner: 'Adobe Experience Cloud',
    source:
      'https://experienceleague.adobe.com/en/docs/core-services/interface/data-collection/cookies/cookies-analytics',
    names: list(
      's_cc s_sq s_vi* s_fid s_ecid s_ppv AMCV_* AMCVS_* demdex dextp aam_uuid mbox everest_g_v2 everest_session_v2 kndctr_*',
    ),
    hosts: list('omtrdc.net demdex.net 2o7.net everesttech.net'),
    words: ['adobe analytics', 'adobe target', 'audience manager'],
  },
  {
    owner: 'Yandex Metrica',
    source: 'https://yandex.com/support/metrica/general/cookie-usage.html',
    names: list('_ym_* yandexuid yabs-sid ymex yuidss'),
    hosts: list('mc.yandex.ru mc.yandex.com'),
    words: ['yandex metri', 'yandex.metri'],
  },
  {
    owner: 'Criteo',
    source: 'https://www.criteo.com/privacy/',
    names: list('cto_*'),
    hosts: list('criteo.com criteo.net'),
    words: ['criteo'],
  },
  {
    owner: 'Taboola',
    source: 'https://www.taboola.com/policies/cookie-policy',
    names: list('t_gid taboola_session_id taboola_global* trc_cookie_storage'),
    hosts: list('taboola.com'),
    words: ['taboola'],
  },
  {
    owner: 'Outbrain',
    source: 'https://www.outbrain.com/privacy/cookies/',
    names: list('obuid outbrain_* dicbo_id'),
    hosts: list('outbrain.com'),
    words: ['outbrain'],
  },
  {
    owner: 'Quantcast',
    source: 'https://www.quantcast.com/privacy/',
    names: list('__qca'),
    hosts: list('quantserve.com quantcount.com'),
    words: ['quantcast measure'],
  },
  {
    owner: 'AdRoll',
    source: 'https://www.nextroll.com/privacy',
    names: list('__adroll* __ar_v4'),
    hosts: list('adroll.com'),
    words: ['adroll'],
  },
  {
    owner: 'Crazy Egg',
    source: 'https://www.crazyegg.com/cookies',
    names: list('_ce.* _ceir _CEFT _cer.v cebs cebsp_'),
    hosts: list('crazyegg.com'),
    words: ['crazy egg', 'crazyegg'],
  },
  {
    owner: 'FullStory',
    source: 'https://help.fullstory.com',
    names: list('fs_uid fs_lua fs_session'),
    hosts: list('fullstory.com'),
    words: ['fullstory'],
  },
  {
    owner: 'Mouseflow',
    source: 'https://help.mouseflow.com',
    names: list('mf_user'),
    hosts: list('mouseflow.com'),
    words: ['mouseflow'],
  },
  {
    owner: 'Lucky Orange',
    source: 'https://help.luckyorange.com',
    names: list('_lo_* __lotl __lotr'),
    hosts: list('luckyorange.com luckyorange.net'),
    words: ['lucky orange', 'luckyorange'],
  },
  {
    owner: 'Heap',
    source: 'https://developers.heap.io/docs/web',
    names: list('_hp2_* _hp5_*'),
    hosts: list('heapanalytics.com heap-api.com'),
    words: ['heap analytics'],
  },
  {
    owner: 'Optimizely',
    source: 'https://docs.developers.optimizely.com',
    names: list('optimizelyEndUserId optimizelySegments optimizelyBuckets optimizelyRedirectData'),
    hosts: list('optimizely.com'),
    words: ['optimizely'],
  },
  {
    owner: 'VWO',
    source: 'https://help.vwo.com',
    names: list('_vwo* _vis_opt_*'),
    hosts: list('visualwebsiteoptimizer.com'),
    words: ['visual website optimizer', 'vwo'],
  },
  {
    owner: 'Klaviyo',
    source: 'https://help.klaviyo.com',
    names: list('__kla_id'),
    hosts: list('klaviyo.com'),
    words: ['klaviyo'],
  },
  {
    owner: 'Marketo and Bizible',
    source: 'https://experienceleague.adobe.com/en/docs/marketo/using/home',
    names: list('_mkto_trk _biz_*'),
    hosts: list('mktoresp.com marketo.net bizible.com'),
    words: ['marketo', 'bizible'],
  },
  {
    owner: 'Account Engagement (Pardot)',
    source: 'https://help.salesforce.com',
    names: list('visitor_id* pardot'),
    hosts: list('pardot.com'),
    words: ['pardot', 'account engagement'],
  },
  {
    owner: 'Chartbeat',
    source: 'https://help.chartbeat.com',
    names: list('_chartbeat* _SUPERFLY_nosample _cb_svref'),
    hosts: list('chartbeat.com chartbeat.net'),
    words: ['chartbeat'],
  },
  {
    owner: 'Piano Analytics',
    source: 'https://analytics-docs.piano.io',
    names: list('atuserid atidvisitor pa_user pa_vid _pcid _pctx _pprv'),
    hosts: list('xiti.com pa-cd.com aticdn.net'),
    words: ['piano analytics', 'at internet', 'xiti'],
  },
]
