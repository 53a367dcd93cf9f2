import * as library from 'vanilla-cookieconsent'
import type { CookieConsentConfig, CookieTable, Section } from 'vanilla-cookieconsent'
import type { ConsentNotice, NoticeCategory } from '../schema/policy.ts'

/**
 * vanilla-cookieconsent 3.1.0 as a maker of markup, behind this one file. It draws two layers and keeps order in the
 * dialog (focus, Tab, Escape). Everything else it offers is switched off or never reached: it writes no record, gives
 * nobody an id, runs no script, clears nothing and is asked for no choice. The bundle takes its markup writing away
 * (scripts/bundle-banner.mjs): each text stays a text.
 */

/** A name that it may look for and that is never written: it always finds nobody has chosen. */
const NO_COOKIE = 'sluice-none'

/** Classes on <html> by which its style shows a layer. */
const BANNER_SHOWN = 'show--consent'

/** The two layers, when they are made. */
export interface Dress {
  banner(modal: HTMLElement): void
  dialog(modal: HTMLElement): void
  /** Each time before the dialog is seen. */
  dialogOpens(modal: HTMLElement): void
}

/** Makes the first layer, unseen, and what is needed to make the dialog. An earlier one goes. */
export async function build(notice: ConsentNotice, host: HTMLElement, dress: Dress): Promise<void> {
  // It runs once a page, be it for a notice before or for the page itself, unless it is told to forget that.
  library.reset()
  await library.run(configOf(notice, host, dress))
}

/**
 * Its own way to show the first layer takes the focus from where the visitor is and keeps Tab within the banner; its
 * way to hide moves the focus again. A banner is no dialog: a class is enough.
 */
export function setBannerShown(isShown: boolean): void {
  document.documentElement.classList.toggle(BANNER_SHOWN, isShown)
}

export function isBannerShown(): boolean {
  return document.documentElement.classList.contains(BANNER_SHOWN)
}

export const openDialog = (): void => library.showPreferences()
export const closeDialog = (): void => library.hidePreferences()

function configOf(notice: ConsentNotice, host: HTMLElement, dress: Dress): CookieConsentConfig {
  const { texts, language, categories, appearance } = notice
  let dialog: HTMLElement | undefined
  return {
    root: host,
    autoShow: false,
    autoClearCookies: false,
    manageScriptTags: false,
    // A choice is a visitor's right in a driven browser too, and its calls throw where it did not start.
    hideFromBots: false,
    // Otherwise it prints a placeholder into the description.
    revision: 0,
    cookie: { name: NO_COOKIE },
    guiOptions: {
      consentModal: {
        layout: 'box',
        position: appearance.position.replace('-', ' ') as 'bottom left',
        equalWeightButtons: true,
      },
      preferencesModal: { layout: 'box', equalWeightButtons: true },
    },
    categories: Object.fromEntries(
      categories.map(({ id }) => [id, { readOnly: id === 'essential', enabled: id === 'essential' }]),
    ),
    language: {
      default: language,
      translations: {
        [language]: {
          consentModal: {
            title: texts.title,
            description: texts.intro,
            acceptAllBtn: texts.acceptAll,
            acceptNecessaryBtn: texts.rejectAll,
            showPreferencesBtn: texts.choose,
          },
          preferencesModal: {
            title: texts.dialogTitle,
            closeIconLabel: texts.close,
            acceptAllBtn: texts.acceptAll,
            acceptNecessaryBtn: texts.rejectAll,
            savePreferencesBtn: texts.save,
            sections: [
              { description: texts.dialogIntro },
              ...categories.map((category) => sectionOf(category, notice)),
            ],
          },
        },
      },
    },
    onModalReady({ modalName, modal }) {
      if (modalName === 'consentModal') dress.banner(modal)
      else dress.dialog((dialog = modal))
    },
    onModalShow({ modalName }) {
      if (modalName === 'preferencesModal' && dialog) dress.dialogOpens(dialog)
    },
  }
}

function sectionOf({ id, services }: NoticeCategory, { texts }: ConsentNotice): Section {
  const { title, description } = texts.categories[id]
  return { title, description, linkedCategory: id, cookieTable: tableOf(services, texts) }
}

function tableOf(services: NoticeCategory['services'], { table }: ConsentNotice['texts']): CookieTable {
  const body = services.flatMap(({ name, provider, purpose, items }) =>
    items.length > 0
      ? items.map((item) => ({ name: item.name, provider, purpose: item.purpose, lifetime: item.lifetime }))
      : [{ name, provider, purpose, lifetime: '–' }],
  )
  const { name, provider, purpose, lifetime } = table
  return { headers: { name, provider, purpose, lifetime }, body }
}
