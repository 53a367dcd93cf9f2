import type { Language } from './words.ts'

/**
 * What people write to end messages in their own words. Each is a pattern over a message's folded words with one blank
 * between them, so that `.` is a character of a word. 47 CFR 64.1200(a)(10): any words that a reasonable person would
 * understand as a revocation count. Gaps are bounded: a pattern takes time in proportion to the text.
 *
 * An opt-out that is taken for one in error costs one subscriber, who can text START; a missed one is unlawful.
 */

/** Things that a sender sends. */
const SENT =
  '(?:te?xts?|txting|texting|texted|mes+ages?|messaging|msgs?|msging|sms|mms|notifications?|alerts?|promos?|promotions?|spam+(?:ing)?|ads?|advertis\\w+|updates|offers|coupons|deals|marketing|solicitations?|communications?|correspondence|reminders|these|those|this|stuff|crap|shit|garbage|junk)'
const WITHIN = '(?:\\w+ ){0,4}?'
const LIST =
  '(?:lists?|contacts?|data ?base|directory|system|records?|distribution|subscription|phone ?book|rolodex|mailing|files?)'
const MINE =
  '(?:my|this|the) (?:(?:cell|phone|mobile|contact|personal|home|work) )?(?:number|num|info|information|name|cell|phone|mobile|contact|details|data|no)'

const EN = [
  // Stop sending me these. Quit texting. Discontinue any further texts.
  `(?:stop|quit|cease|end|discontinue|halt|cut|terminate|suspend|turn off|cancel) (?:(?:it|sending|with|all|any|of|the|me|your|my|further|future|more|getting|receiving|out|promotional|marketing|automated|annoying|stupid|fucking|damn) ){0,5}${SENT}\\b(?! (?:delivery|order|appointment|payment|from (?:beeping|ringing)|at|by|machine|meeting|package))`,
  '(?:stop|quit|cease) (?:contacting|bothering|harassing|messaging|texting|txting|spamming|calling|writing|emailing|annoying|bugging|pestering)',
  '(?:stop|quit) (?:sending|hitting) (?:me|up)',
  // Don't text me. Do not send any further messages. Never contact this number again.
  '(?:dont|do not|don t|never|pls no|no longer|not to|donot) (?:please )?(?:ever )?(?:text|txt|message|msg|mesage|contact|sms|spam|bother|write|pester|disturb|solicit)(?: to)?(?: me| us| here| this| again| any ?more| anymore|$)',
  `(?:dont|do not|don t|never|donot|not) (?:ever |please )?(?:send|sending|forward|give|get|keep sending)(?: to)? (?:me |us |this number )?(?:any ?more|anymore|any|more|further|these|those|this|your|no more|any further|marketing|promotional)\\b(?: ${WITHIN}(?:${SENT}|again|anymore|any more)|$)`,
  // I no longer want to receive these. I don't want your texts.
  `(?:dont|do not|don t|no longer|not|never|didnt|did not) (?:really |even )?(?:want|wish|care|need|like|ask|asked|agree|agreed|consent|consented|authorize|authorise|request)(?:ed|ing)?\\b(?: to| for| you to)?(?: be)? ?(?:(?:receive|receiving|get|getting|see|hear|contacted|texted|messaged|have|send|sending|text|your|any|more|me|of|further|all|future|such) ?){0,5}(?:${SENT}|from you|contacted|texted|messaged|on (?:your|this|the) list|anything from)`,
  '(?:dont|do not|no longer) (?:want|wish|care) to (?:hear from|be (?:contacted|texted|messaged|bothered|on)|receive|get (?:any|these|those|texts|messages))',
  '(?:dont|do not|no longer) want (?:anymore|any more|this anymore)',
  `no more (?:of )?(?:(?:these|your|the|of|pls|please|promo|promotional|marketing|fucking|damn|stupid) ){0,3}(?:te?xts?|texting|mes+ages?|msgs?|sms|alerts?|notifications?|promos?|promotions|spam|ads|communications?|messaging)\\b`,
  // Take me off. Remove my number from your list.
  `(?:take|remove|delete|drop|get|scrub|pull|erase|cross|scratch|strike) (?:me|us|${MINE}|this number) (?:off|out|from)(?: of)? ?(?:(?:your|the|this|that|all|any|of|these|mailing|text|texting|contact|marketing|promo|sms|calling|call) ?){0,4}(?:${LIST}|${SENT}|pls|please|plz|now|thanks|immediately|asap|$)`,
  `(?:take|remove|delete|erase|lose|drop|forget|block|scrub|purge|get rid of) (?:${MINE}|me)(?: (?:off|out|now|please|pls|plz|thanks|thank you|asap|immediately|from (?:your|this|the|all|any)\\b.*)*)?$`,
  `(?:lose|delete|forget|erase) (?:my|this) (?:number|num|contact|info|phone number|digits)`,
  `(?:my (?:contact )?(?:info|information|number|name|phone number)) (?:\\w+ ){0,4}?(?:removed|deleted|erased|taken off|dropped|taken out)\\b`,
  `(?:be|been|get) (?:removed|taken|dropped|deleted) (?:off|from|out)`,
  // Words that mean nothing else.
  '(?<!\\b(?:dont|not|never|didnt|wont|cant) )(?<!\\b(?:dont|not|never) \\w{1,6} )(?:unsubscr\\w+|unsuscribe\\w*|unsub|opt(?:ing)? (?:me |us )?out|optout|opted out|de ?subscribe)',
  '(?:revoke|withdraw|rescind|retract)(?:ing)? (?:my |all |any |the )?(?:prior |previous )?(?:consent|permission|authori[sz]ation)',
  '(?:wrong|incorrect) (?:number|person|num|phone|contact|guy|recipient)',
  'you (?:have|got|texted|ve got) the wrong',
  'leave (?:me|us) (?:the (?:hell|fuck) )?alone',
  '(?:never|didnt|did not|havent|have not|dont remember|not) (?:ever )?(?:sign(?:ed|ing)?|subscrib(?:e|ed|ing)|opt(?:ed)?) ?(?:up|in|to)?\\b(?: (?:for|to) (?:this|these|any|your|that|texts|messages)|$| (?:leave|stop|please|so|and|remove|for this))',
  '(?:fuck|piss|bugger) off$|^(?:please )?(?:go away|get lost|fuck off|buzz off)\\b(?: \\w+)?$',
  `${SENT} (?:\\w+ ){0,2}?(?:to|must|should|need to|needs to|have to|has to|gotta|better) (?:please )?(?:stop|end|cease|quit)\\b`,
  '(?:make|making|want|need|like|get) (?:it|this|these|them|you|yall|u) (?:to )?(?:all )?(?:stop|quit)\\b(?! (?:by|at|in|over|for|on|and|to|the|my|a)\\b)',
  '(?:i m|im|i am|we are|were|we re)? ?not interested(?: any ?more| anymore| thanks| thank you| sorry| in (?:your|these|this|any|receiving|getting)(?: \\w+){0,4}){0,3}$',
  '(?:i m|im|i am) done with (?:these|your|this|the) (?:texts?|messages|spam|alerts|promos)',
  '(?:too many|sick of|tired of|enough of|fed up with|enough with) (?:(?:of|your|these|the|all|getting|receiving|with) ){0,3}(?:te?xts?|messages|msgs?|sms|spam|promos|alerts|notifications)\\b',
  '(?:cancel|end|stop|terminate|discontinue) (?:my |the |this |your )?(?:text |sms |messaging |message |text message |mobile )(?:alert )?(?:subscription|service|alerts?|program|messages|list)',
  '(?:how (?:do|can) (?:i|we)|(?:want|like|need|trying|wish|please|id like|able) to|can (?:i|you)|let me) (?:please )?(?:get off|be off|come off|get out of) (?:this|your|the) (?:\\w+ )?list',
  '(?:this is|its|it is|i (?:consider|call) this|report(?:ing)? (?:you|this) (?:as|for)|considered) (?:spam|harassment|harassing)',
  'do not (?:disturb|call) ?(?:list|registry)?$',
]

const ES = [
  '(?:ya )?no (?:me |nos )?(?:manden?|mandes|envien?|envies|escriban?|escribas|contacten?|contactes|molesten?|molestes|texteen?|llamen)\\b(?: (?:mas|mensajes|textos|sms|nada|por favor|otra vez|nunca|ya|a este)|$|.*\\b(?:mensajes|textos|sms|mas|promociones)\\b)',
  '(?:ya )?no (?:quiero|deseo|quisiera|necesito|me interesa) (?:ya )?(?:mas |recibir |que me |sus |estos |ser |seguir recibiendo |tener )+',
  '(?:ya )?no (?:me )?(?:interesa|interesan)$',
  'no mas (?:mensajes?|textos?|sms|promociones|spam|publicidad)',
  '(?:deje[ns]?|deja|dejar|pare[ns]?|para|basta|cese[ns]?) (?:ya )?(?:de|con) (?:escribir|mandar|enviar|molestar|contactar|textear|llenar|los|tantos|estos|sus|recibir|mensajes)\\w*',
  '(?:dar|darme|deme|denme|dame|doy|quiero|solicito|pido|dense|darnos|desearia|me doy)(?: \\w+){0,2} (?:de )?baja',
  '(?:borr|quit|elimin|sac|remuev|retir|suprim)\\w*(?:me)? (?:me )?(?:de (?:la|su|esta|tu|sus|las) |mi numero|mi telefono|mis datos|de lista)',
  '(?:cancel\\w*|anul\\w*|terminar|detener|suspender|detengan?|suspendan?) (?:mi |la |esta |los |sus |estos |las )?(?:suscripcion|mensajes?|textos?|sms|notificaciones|promociones|alertas)',
  'des(?:uscrib|inscrib|subscrib)\\w+',
  'numero equivocado|se equivoco de numero|numero incorrecto',
  'revoco (?:mi )?(?:consentimiento|permiso|autorizacion)|(?:olviden|pierdan|borren) (?:mi|este) numero',
  'dejen?me en paz|dejame en paz|me dejen en paz',
]

const FR = [
  '(?:arretez|arrete|arreter|cessez|cesse|stoppez|stop) (?:s il vous plait |svp |donc |tout de suite )?(?:de |d |avec )?(?:m |me |nous |vos |ces |les |tous )?(?:vos |ces |les )?(?:m?envo[iy]\\w*|m?ecri\\w*|m?contact\\w*|m?harcel\\w*|spamm\\w*|derang\\w*|m?importun\\w*|sms|messages?|textos?|pubs?|publicites?|promos?)',
  '(?:ne )?(?:m |me |nous )?(?:ne )?(?:m |me |nous )?(?:envo[iy]\\w+|ecri\\w+|contact\\w+|derang\\w+|menvoyez|mecrivez|mecris) (?:plus|pas de|rien|aucun)',
  '(?:plus|pas|aucun|stop aux?) (?:de |d autres |aux |vos |ces )?(?:sms|messages?|textos?|pubs?|publicites?|promos?|spam)(?: (?:svp|merci|s il|sil)|$)',
  'des(?:abonn|inscri|engag)\\w+',
  '(?:ne )?(?:veux|souhaite|desire|voudrais|veut) (?:plus|pas)(?: recevoir| etre| de | que vous| vos| ces| aucun)',
  '(?:retirez|supprimez|enlevez|effacez|otez|rayez|oubliez|retirer|supprimer|enlever)(?: moi| mon (?:numero|nom|contact)| mes (?:coordonnees|donnees|infos?))',
  '(?:me|m |etre|mon numero|mon nom) ?(?:retirer|retire|enleve|supprime|supprimer|enlever|raye|efface)r? de',
  'mauvais numero|vous vous trompez de (?:numero|personne)|erreur de (?:numero|destinataire)|faux numero',
  '(?:laissez|laisse|fichez|foutez) (?:moi|nous) (?:tranquille|en paix|la paix)',
  '(?:retire|revoque|annule)z? mon (?:consentement|accord|autorisation|abonnement sms|inscription)',
  '(?:ca|cela) ne m interesse (?:pas|plus)|(?:pas|plus) interesse(?:e)?$',
  '(?:annuler|resilier|arreter|stopper) (?:mon |l |cet |les |ces |vos )?(?:abonnement|inscription|sms|messages|textos|alertes|notifications)',
]

const DE = [
  'keine? (?:(?:weiteren?|mehr|solchen?|eurer?|ihrer?|diese|werbe) ?)*(?:sms|nachrichten?|werbung|mitteilungen?|texte|newsletter|angebote|benachrichtigungen|infos?|werbesms)(?: mehr| bitte| danke|$)',
  'ho(?:e)?r(?:en|t)? (?:sie )?(?:bitte |doch |endlich |sofort )?(?:damit )?auf',
  '(?:nicht mehr|nie wieder|nie mehr|nicht weiter|nichts mehr) (?:\\w+ ){0,2}?(?:an ?schreib\\w*|anschreib\\w*|schreib\\w*|kontaktier\\w*|send\\w*|schick\\w*|belastig\\w*|belaestig\\w*|zusend\\w*|bekomm\\w*|erhalten|empfang\\w*|kontakt)',
  '(?:schreib\\w*|schick\\w*|send\\w*|kontaktier\\w*|text\\w*) (?:sie |ihr )?(?:mich|mir|uns)? ?(?:bitte )?(?:nichts|keine?|nicht|nie)\\b',
  '(?:von|aus|vom) (?:\\w+ ){0,2}?(?:liste|verteiler|datenbank|kontakten|adressbuch) (?:\\w+ ){0,2}?(?:streich\\w*|losch\\w*|loesch\\w*|nehm\\w*|nimm|entfern\\w*|austrag\\w*|runter)',
  '(?:streich\\w*|losch\\w*|loesch\\w*|entfern\\w*|nehmen|nimm|nehmt|tragen?|tragt|vergiss|vergessen) (?:sie )?(?:bitte )?(?:mich|meine (?:nummer|daten|handynummer|telefonnummer|kontaktdaten))',
  '(?:mich|uns|mochte|moechte|will|wurde|bitte|von|newsletter|sms|hiermit) (?:\\w+ ){0,4}?(?:abmelden|abbestellen|austragen|abgemeldet|ausgetragen)\\b',
  '(?:melden|meldet|melde) (?:sie )?(?:mich|uns) (?:\\w+ ){0,3}?ab\\b|bestell\\w* (?:\\w+ ){1,4}ab$',
  '(?:mochte|moechte|will|wunsche|wuensche|brauche) (?:\\w+ ){0,2}?(?:keine?|nichts|nicht mehr|nicht langer)\\b(?: \\w+){0,4} (?:sms|nachrichten?|werbung|mehr|erhalten|bekommen|kontaktiert|von (?:ihnen|euch))',
  '(?:widerrufe|widerruf|ziehe) (?:hiermit |ich )?(?:meine[rn]?|meiner) (?:einwilligung|zustimmung|erlaubnis)',
  'falsche (?:nummer|person)|lassen? (?:sie )?mich in ruhe|lasst mich in ruhe|kein interesse(?: mehr)?$',
  '(?:sms|nachrichten|newsletter|werbung|abo) (?:bitte )?(?:stoppen|beenden|einstellen|abstellen|kundigen|abbestellen|stornieren)',
]

const PT = [
  '(?:nao|n|num) (?:me |nos )?(?:mand\\w+|envi\\w+|escrev\\w+|contat\\w+|contact\\w+|pertub\\w+|perturb\\w+|incomod\\w+|chame[m]?)\\b(?: (?:mais|mensage\\w+|nada|sms)|$|.*\\b(?:mensage\\w+|sms|mais|promoc\\w+)\\b)',
  '(?:nao|n) (?:quero|desejo|preciso|gostaria de) (?:mais |receber |ser |que me |suas |essas |seus |esses |continuar recebendo )+',
  '(?:nao|n) (?:tenho|estou) (?:mais )?(?:interesse|interessad[oa])(?: mais)?$',
  '(?:sem|chega de|basta de|nada de|nao mais) (?:mais )?(?:mensage\\w+|sms|propagandas?|promoc\\w+|spam)',
  '(?:me )?(?:tir|remov|retir|exclu|apag|delet|descadastr|desinscrev)\\w*(?:me)? ?(?:me |meu (?:numero|contato|telefone|nome)|meus dados|(?:da|dessa|desta|de sua|da sua|dessas|das|do|desse|deste) (?:\\w+ )?(?:listas?|cadastro|grupo|sistema|contatos))',
  '(?:pare[m]?|parar|para|deixe[m]?|cesse[m]?) (?:ja )?(?:de|com) (?:me |mandar|enviar|escrever|encher|incomodar|perturbar|as |os |essas|esses|mensage)\\w*',
  'descadastr\\w+|desinscrev\\w+|desinscric\\w+',
  '(?:cancel\\w*|encerr\\w*|par\\w*|interromp\\w*) (?:a |o |minha |meu |as |os |essas |esses |estas )?(?:assinatura|inscricao|cadastro|mensage\\w+|sms|notificac\\w+|envio)',
  'numero errado|pessoa errada|engano de numero|(?:me deixe[m]?|deixe[m]? me) em paz',
  'revogo (?:o )?(?:meu )?(?:consentimento|autorizacao)|(?:esquec|apagu|perc)\\w+ (?:o )?meu (?:numero|contato)',
  '(?:quero|gostaria de|preciso|desejo) (?:me )?(?:sair|descadastrar|cancelar o recebimento|sair desta|sair da)(?: (?:da|dessa|desta|deste|do)(?: \\w+){0,2}?(?: (?:lista|cadastro|grupo|sms))|$)',
]

const compile = (patterns: readonly string[]): RegExp[] =>
  patterns.map((pattern) => new RegExp(`\\b(?:${pattern})`, 'u'))

export const REVOCATIONS: Readonly<Record<Language, readonly RegExp[]>> = {
  en: compile(EN),
  es: compile(ES),
  fr: compile(FR),
  de: compile(DE),
  pt: compile(PT),
}

/** What turns a request round: `Please don't stop`, `the rain won't stop`. What it covers is taken out before reading. */
export const TURNED_ROUND =
  /\b(?:(?:dont|do not|don t|never|wont|will not|cant|can not|cannot|couldnt|doesnt|does not|didnt|did not|no need to|not going to|please not|havent|hasnt|isnt|not) (?:you |ever |want to |need to |wanna |gonna |have to |plan to )?(?:stop|quit|cancel|end|unsubscribe|opt out|remove me|revoke|unsub)|(?:no|nunca) (?:quiero )?(?:cancel\w*|par[ae]\w*)|ne (?:m|me|t|s) ?arrete|nicht (?:abmelden|stoppen|kundigen)|(?:how|when|where|why|who) (?:do|does|did) (?:the|it|that)\b.{0,30}\b(?:stop|end))\b(?: sending| texting| messaging| contacting| writing| these| the| this| it| me){0,3}/gu

/**
 * What may be meant for messages or for something else: a word with an argument, an order, an appointment. Promotions
 * wait and a person decides.
 */
export const UNCLEAR: readonly RegExp[] = compile([
  '^(?:stop|stopall|end|cancel|quit|unsubscribe|optout|revoke|alto|arret|stopp|sair|baja|parar|cancelar) (?:\\w+ )?[#]?\\w*\\d\\w*$',
  '(?:^|^(?:please|pls|hi|hello|hey|can you|could you|can i|could i|i want to|i need to|id like to|i would like to|want to|need to|how do i|how can i) (?:please |just )?)(?:cancel|remove|stop|end|quit)\\b(?! (?:by|at|in|over|of|culture|it)\\b)(?: \\w+){1,12}$',
  '(?:put|need|want|place) (?:a |an )?stop (?:payment|on|order)',
  '^(?:no|nah|nope)(?: thanks?| thank you| thx| ty)\\b',
  '(?:cancelar|anular|cancelo|cancelen|quiten|quitar) (?:mi|la|el|un|una|los|las|este|esta) \\w+',
  '(?:annuler|annulez|annule|supprimer|resilier|arreter) (?:mon|ma|mes|la|le|les|un|une|cette|cet|ce) \\w+',
  '(?:stornier|kundig|kuendig|abbestell|absag|losch)\\w*$|(?:storniere|kundige|storno|absage)\\b',
  '(?:cancelar|cancela|cancele|remover|tirar) (?:o|a|os|as|meu|minha|meus|um|uma|esse|este) \\w+',
  '^(?:make it|ok|please|just|can you|could you)? ?stop it$',
])
