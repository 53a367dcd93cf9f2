/**
 * The texts of a view that is loaded on demand, in the language that the page is in; `T` is the type of the English ones.
 * @param language BCP 47 tag of the document
 */
export function wordsIn<T>(texts: { en: T; de: T }, language = document.documentElement.lang): T {
  return language.split('-')[0] === 'de' ? texts.de : texts.en
}
