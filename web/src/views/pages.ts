// Pages beside the overview are fetched when they are first looked at.
import type { Component } from 'svelte';
import type { Place } from '../lib/url';

type Loaded = Promise<{ default: Component<Record<string, unknown>> }>;
type Loader = () => Promise<{ default: unknown }>;

const kLoaders: Partial<Record<Place['page'], Loader>> = {
  hosts: () => import('./HostsPage.svelte'),
  apps: () => import('./AppsPage.svelte'),
  usage: () => import('./UsagePage.svelte'),
  sites: () => import('./SitesPage.svelte'),
  host: () => import('./HostPage.svelte'),
  sessions: () => import('./SessionsPage.svelte'),
  explore: () => import('./ExplorePage.svelte'),
  system: () => import('./SystemPage.svelte'),
};
const loaded = new Map<Place['page'], Loaded>();

// Each page takes the parts of its place (`id`, `tab`) as its properties.
export function page_of(page: Place['page']): Loaded | undefined {
  const loader = kLoaders[page];
  if (!loaded.has(page) && loader) loaded.set(page, loader() as Loaded);
  return loaded.get(page);
}
