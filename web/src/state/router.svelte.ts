// Which view this tab shows. The address bar is the only place that remembers it.
import { base_path } from '../api/client';
import { parse_url, url_of, view_at, type Place, type View } from '../lib/url';

function here(): View {
  const { pathname, search } = window.location;
  return parse_url(pathname.slice(base_path.length) + search);
}

let current = $state.raw<View>(here());

export const router = {
  get view(): View {
    return current;
  },
};

window.addEventListener('popstate', () => (current = here()));

export function href(view: View): string {
  return base_path + url_of(view);
}

// What a person changes is a step in the history; what the page itself changes is not.
export function go(view: View, how: 'push' | 'replace' = 'push'): void {
  const url = href(view);
  const moved = view.place.page !== current.place.page;
  if (how === 'replace') history.replaceState(null, '', url);
  else if (url !== window.location.pathname + window.location.search)
    history.pushState(null, '', url);
  current = parse_url(url_of(view));
  if (moved) window.scrollTo(0, 0);
}

// The present view with other settings.
export function change(
  changes: Partial<Omit<View, 'place'>>,
  how: 'push' | 'replace' = 'push',
): void {
  go({ ...current, ...changes }, how);
}
export function changed(changes: Partial<Omit<View, 'place'>>): View {
  return { ...current, ...changes };
}

// Another page, looking at the same time and source: what every link within the page keeps.
export function view_of(place: Place, changes: Partial<Omit<View, 'place'>> = {}): View {
  const usual = view_at(place);
  const keeps_range = place.page !== 'sessions' && current.place.page !== 'sessions';
  return { ...usual, src: current.src, ...(keeps_range ? { t: current.t } : {}), ...changes };
}

// Clicks on our own links change the view instead of loading the page anew.
export function follow_link(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download')) return;
  if (link.origin !== window.location.origin || !link.pathname.startsWith(`${base_path}/`)) return;
  if (link.hash && link.pathname === window.location.pathname) return;
  event.preventDefault();
  go(parse_url(link.pathname.slice(base_path.length) + link.search));
}
