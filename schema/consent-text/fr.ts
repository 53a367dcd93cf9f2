import type { NoticeTexts } from '../policy.ts'
import type { OwnTexts } from './own.ts'

export const notice: NoticeTexts = {
  title: 'Votre choix',
  intro:
    '{controller} souhaite enregistrer et lire des données sur votre appareil pour : {purposes} (services : {count}). Vous pouvez refuser sans aucun inconvénient et changer d’avis à tout moment.',
  acceptAll: 'Tout accepter',
  rejectAll: 'Tout refuser',
  choose: 'Choisir',
  reopen: 'Choix de confidentialité',
  dialogTitle: 'Que peut utiliser ce site ?',
  dialogIntro: 'Décidez pour chaque finalité. Ce que vous n’autorisez pas n’a pas lieu.',
  save: 'Enregistrer mon choix',
  close: 'Fermer sans rien changer',
  alwaysOn: 'Toujours actif',
  categories: {
    essential: {
      title: 'Nécessaire',
      description:
        'Sans cela, le site ne fonctionnerait pas ou ne serait pas sûr. Votre choix lui-même est conservé ici.',
    },
    performance: {
      title: 'Statistiques',
      description:
        'Performance : quelles pages sont consultées, combien de temps, et quelles erreurs surviennent. Nous comptons des sommes, pas des personnes.',
    },
    functionality: {
      title: 'Préférences',
      description: 'Fonctionnalité : le site se souvient de vos réglages, comme la langue.',
    },
    targeting: {
      title: 'Publicité',
      description:
        'Ciblage : des annonces pertinentes, une limite au nombre de fois où vous en voyez une, et la mesure de l’effet d’une campagne.',
    },
  },
  contact: 'Responsable : {controller}. Questions sur vos données : {contact}',
  policyLink: 'Politique de confidentialité',
  declarationLink: 'Cookies et autres données stockées',
  gpcHonoured: 'Votre navigateur envoie Global Privacy Control. Nous le respectons.',
  saved: 'Votre choix est enregistré.',
  anonymous:
    'Nous comptons les visites de ce site sans savoir qui vous êtes. Rien n’est enregistré sur votre appareil pour cela.',
  object: 'M’opposer à ces statistiques',
  placeholder: 'Ce contenu provient de {service}. Il n’est chargé que si vous l’autorisez.',
  placeholderAllow: 'Autoriser et afficher',
  receipt: 'Reçu de mon choix',
  sent: 'Ce que cette page a envoyé',
  sentNothing: 'Rien pour l’instant.',
  sentAnonymous: 'Anonyme, sans choix',
  table: {
    name: 'Nom',
    provider: 'Fournisseur',
    purpose: 'Finalité',
    lifetime: 'Durée de conservation',
    kind: 'Type',
    hosts: 'Serveurs contactés',
  },
  kinds: {
    cookie: 'Cookie',
    localStorage: 'Stockage local',
    sessionStorage: 'Stockage de session',
    indexedDB: 'Base de données du navigateur (IndexedDB)',
    cache: 'Cache du navigateur',
  },
  session: 'Jusqu’à la fermeture du navigateur',
  pages: {
    declarationTitle: 'Cookies et autres données stockées',
    declarationIntro:
      'Ce que {controller} enregistre et lit sur votre appareil, pourquoi, et pour combien de temps.',
    choicesTitle: 'Vos choix de confidentialité',
    choicesIntro:
      'Décidez de ce que {controller} peut utiliser. Votre choix, quel qu’il soit, vaut {days}, et vous pouvez le modifier ici à tout moment.',
    undecided: 'Vous n’avez pas encore choisi.',
    decided: 'Vous avez choisi le {day}. Ce choix vaut jusqu’au {until}.',
    allow: 'Autoriser',
    changed:
      'Ce que ce site utilise a changé entre-temps. Merci de vérifier à nouveau ; rien n’a été enregistré.',
    limits:
      'Cette page fonctionne sans JavaScript et votre choix prend effet aussitôt. Ce que des scripts ont laissé dans le stockage local de votre navigateur sera effacé par la prochaine page de ce site où JavaScript s’exécute.',
    elsewhere:
      'Cette page ne fait pas partie de {site} : elle ne peut ni voir ni modifier ce que votre navigateur conserve pour {site}. Pour choisir, ouvrez {site} et utilisez « {reopen} ».',
    retention: 'Conservation de ce qui est appris',
    nothingStored: 'N’enregistre rien sur votre appareil.',
    revision: 'Révision {revision}, publiée le {day}.',
    languages: 'Langues',
  },
}

export const own: OwnTexts = {
  consentRecord: {
    name: 'Choix de confidentialité',
    purpose: 'Retient votre choix afin de ne pas vous le redemander à chaque page.',
    items: {
      choice: 'Votre choix, son jour et la révision de la politique. Il ne désigne personne.',
      receipt: 'Numéro du reçu de votre choix. Conservé seulement tant que vous autorisez quelque chose.',
      sweep:
        'Ce qui devra être effacé si vous retirez votre accord. Conservé seulement tant que vous autorisez quelque chose.',
    },
  },
  statistics: {
    name: 'Statistiques de visite',
    purpose: 'Compte les visites, les pages, le temps passé et les erreurs. Seules des sommes sont publiées.',
    items: {
      visit: 'Semaine de votre première visite et heure de la dernière. Cela ne désigne personne.',
      unsent: 'Ce qui n’a pas encore pu être envoyé, pour que la page suivante l’envoie.',
    },
    retention: 'Événements isolés pendant 25 mois au plus, puis seulement des sommes.',
  },
  preferences: {
    name: 'Préférences',
    purpose: 'Permet au site de se souvenir de vos réglages.',
    items: {
      preferences: 'Vos réglages, comme la langue ou la taille du texte. Ils restent sur votre appareil.',
    },
  },
  campaigns: {
    name: 'Campagnes',
    purpose:
      'Limite le nombre de fois où vous voyez une annonce de ce site et mesure si une campagne a eu un effet.',
    items: {
      ads: 'Campagnes qui vous ont amené ici et annonces que vous avez vues. Cela reste sur votre appareil.',
      traits: 'Groupes larges dans lesquels vous avez été compté, comme une tranche d’âge.',
    },
    retention: 'Sommes par campagne, sans aucun lien avec vous.',
  },
}
