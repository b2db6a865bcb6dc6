// What can be asked of a row's value.
import { all_of } from '../../api/questions';
import type { View } from '../../lib/url';
import { changed, router } from '../../state/router.svelte';
import type { Term } from './columns';

export function only(term: Term): View {
  return changed({ f: all_of(router.view.f, term.filter) });
}

export function without(term: Term): View {
  const not = term.filter.includes(' ') ? `-(${term.filter})` : `-${term.filter}`;
  return changed({ f: all_of(router.view.f, not) });
}
