import type { NoticeTexts } from '../policy.ts'
import type { OwnTexts } from './own.ts'

export const notice: NoticeTexts = {
  title: 'Su elección',
  intro:
    '{controller} desea guardar y leer datos en su dispositivo para: {purposes} (servicios: {count}). Puede rechazarlo sin ninguna desventaja y cambiar de opinión en cualquier momento.',
  acceptAll: 'Aceptar todo',
  rejectAll: 'Rechazar todo',
  choose: 'Elegir',
  reopen: 'Opciones de privacidad',
  dialogTitle: '¿Qué puede usar este sitio?',
  dialogIntro: 'Decida para cada finalidad. Lo que no permita no ocurrirá.',
  save: 'Guardar mi elección',
  close: 'Cerrar sin cambios',
  alwaysOn: 'Siempre activo',
  categories: {
    essential: {
      title: 'Necesario',
      description:
        'Sin esto el sitio no funcionaría o no sería seguro. Aquí se guarda también su propia elección.',
    },
    performance: {
      title: 'Estadísticas',
      description:
        'Rendimiento: qué páginas se visitan, durante cuánto tiempo y qué errores se producen. Contamos sumas, no personas.',
    },
    functionality: {
      title: 'Preferencias',
      description: 'Funcionalidad: el sitio recuerda lo que usted configura, como el idioma.',
    },
    targeting: {
      title: 'Publicidad',
      description:
        'Segmentación: anuncios pertinentes, un límite a las veces que ve uno y si una campaña tuvo efecto.',
    },
  },
  contact: 'Responsable: {controller}. Preguntas sobre sus datos: {contact}',
  policyLink: 'Política de privacidad',
  declarationLink: 'Cookies y otros datos guardados',
  gpcHonoured: 'Su navegador envía Global Privacy Control. Lo respetamos.',
  saved: 'Su elección está guardada.',
  anonymous:
    'Contamos las visitas a este sitio sin saber quién es usted. Para ello no se guarda nada en su dispositivo.',
  object: 'Oponerme a estas estadísticas',
  placeholder: 'Este contenido procede de {service}. Solo se carga si usted lo permite.',
  placeholderAllow: 'Permitir y mostrar',
  receipt: 'Recibo de mi elección',
  sent: 'Lo que ha enviado esta página',
  sentNothing: 'Nada hasta ahora.',
  sentAnonymous: 'Anónimo, sin elección',
  table: {
    name: 'Nombre',
    provider: 'Proveedor',
    purpose: 'Finalidad',
    lifetime: 'Duración',
    kind: 'Tipo',
    hosts: 'Servidores a los que se conecta',
  },
  kinds: {
    cookie: 'Cookie',
    localStorage: 'Almacenamiento local',
    sessionStorage: 'Almacenamiento de sesión',
    indexedDB: 'Base de datos del navegador (IndexedDB)',
    cache: 'Caché del navegador',
  },
  session: 'Hasta que se cierre el navegador',
  pages: {
    declarationTitle: 'Cookies y otros datos guardados',
    declarationIntro: 'Qué guarda y lee {controller} en su dispositivo, para qué y durante cuánto tiempo.',
    choicesTitle: 'Sus opciones de privacidad',
    choicesIntro:
      'Decida qué puede usar {controller}. Su elección, sea cual sea, vale {days}, y puede cambiarla aquí en cualquier momento.',
    undecided: 'Todavía no ha elegido.',
    decided: 'Eligió el {day}. La elección vale hasta el {until}.',
    allow: 'Permitir',
    changed:
      'Lo que usa este sitio ha cambiado entretanto. Revíselo de nuevo, por favor; no se ha guardado nada.',
    limits:
      'Esta página funciona sin JavaScript y su elección vale de inmediato. Lo que los scripts dejaron en el almacenamiento local de su navegador lo borrará la próxima página de este sitio en la que se ejecute JavaScript.',
    elsewhere:
      'Esta página no forma parte de {site}, así que no puede ver ni cambiar lo que su navegador guarda para {site}. Para elegir, abra {site} y use allí «{reopen}».',
    retention: 'Conservación de lo que se averigua',
    nothingStored: 'No guarda nada en su dispositivo.',
    revision: 'Revisión {revision}, publicada el {day}.',
    languages: 'Idiomas',
  },
}

export const own: OwnTexts = {
  consentRecord: {
    name: 'Elección de privacidad',
    purpose: 'Recuerda lo que eligió para no preguntarle en cada página.',
    items: {
      choice: 'Su elección, el día y la revisión de la política. No identifica a nadie.',
      receipt: 'Número del recibo de su elección. Solo se guarda mientras permita algo.',
      sweep: 'Qué debe borrarse si retira su permiso. Solo se guarda mientras permita algo.',
    },
  },
  statistics: {
    name: 'Estadísticas de visitas',
    purpose: 'Cuenta visitas, páginas, tiempo en el sitio y errores. Solo se publican sumas.',
    items: {
      visit: 'Semana de su primera visita y hora de la última. No identifica a nadie.',
      unsent: 'Lo que aún no se pudo enviar, para que lo envíe la página siguiente.',
    },
    retention: 'Eventos sueltos durante 25 meses como máximo; después, solo sumas.',
  },
  preferences: {
    name: 'Preferencias',
    purpose: 'Permite que el sitio recuerde lo que usted configura en él.',
    items: {
      preferences: 'Lo que ha configurado, como el idioma o el tamaño de letra. Permanece en su dispositivo.',
    },
  },
  campaigns: {
    name: 'Campañas',
    purpose: 'Limita las veces que ve un anuncio de este sitio y mide si una campaña tuvo efecto.',
    items: {
      ads: 'Qué campañas le trajeron aquí y qué anuncios vio. Permanece en su dispositivo.',
      traits: 'Grupos amplios en los que se le contó, como una franja de edad.',
    },
    retention: 'Sumas por campaña, sin ningún vínculo con usted.',
  },
}
