import type { DeviceType } from './user-agent.ts'

/** Names of ua-parser-js where people use others. What is not here keeps its name. */
export const BROWSERS: Readonly<Record<string, string>> = {
  'Avast Secure Browser': 'Avast Browser',
  'AVG Secure Browser': 'AVG Browser',
  Baidu: 'Baidu Browser',
  'Chrome Headless': 'Chrome',
  'Chrome WebView': 'Android WebView',
  Fennec: 'Firefox',
  Focus: 'Firefox Focus',
  GSA: 'Google App',
  'HUAWEI Browser': 'Huawei Browser',
  IE: 'Internet Explorer',
  IEMobile: 'Internet Explorer',
  'Mobile Safari': 'Safari',
  'MIUI Browser': 'Mi Browser',
  'Opera Mobi': 'Opera',
  'Opera Mobile': 'Opera',
  'Opera Tablet': 'Opera',
  'Opera Touch': 'Opera',
  QQBrowser: 'QQ Browser',
  QQBrowserLite: 'QQ Browser',
  'Samsung Browser': 'Samsung Internet',
  Silk: 'Amazon Silk',
  UCBrowser: 'UC Browser',
  // Apps on iPhones show pages without naming a browser.
  WebKit: 'iOS WebView',
  Yandex: 'Yandex Browser',
}

export const SYSTEMS: Readonly<Record<string, string>> = {
  'Android-x86': 'Android',
  'Chromium OS': 'ChromeOS',
  android: 'Android',
  gentoo: 'Gentoo',
  GNU: 'Linux',
  linux: 'Linux',
  'Mac OS': 'macOS',
  PLAYSTATION: 'PlayStation',
  redhat: 'Red Hat',
  'Windows Phone OS': 'Windows Phone',
}

export const DEVICES: Readonly<Record<string, DeviceType>> = {
  mobile: 'mobile',
  tablet: 'tablet',
  smarttv: 'tv',
  console: 'console',
  wearable: 'wearable',
  xr: 'wearable',
  embedded: 'other',
}

/** Brands of `Sec-CH-UA` in lower case, but for Chromium itself and the made-up ones. */
export const BRANDS: Readonly<Record<string, string>> = {
  'android webview': 'Android WebView',
  'avast secure browser': 'Avast Browser',
  brave: 'Brave',
  duckduckgo: 'DuckDuckGo',
  'microsoft edge': 'Edge',
  opera: 'Opera',
  'opera gx': 'Opera GX',
  'samsung internet': 'Samsung Internet',
  vivaldi: 'Vivaldi',
  whale: 'Whale',
  yabrowser: 'Yandex Browser',
  yandex: 'Yandex Browser',
}

/** Platforms of `Sec-CH-UA-Platform` in lower case. */
export const PLATFORMS: Readonly<Record<string, string>> = {
  android: 'Android',
  'chrome os': 'ChromeOS',
  'chromium os': 'ChromeOS',
  ios: 'iOS',
  linux: 'Linux',
  macos: 'macOS',
  windows: 'Windows',
}
