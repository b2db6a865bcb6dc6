// Keys that do something without Ctrl. Who speaks to the computer, or brushes keys by accident, can
// switch them off.

const kKey = 'weir-shortcuts';
let on = $state(localStorage.getItem(kKey) !== 'off');

export const shortcuts = {
  get on(): boolean {
    return on;
  },
};

export function switch_shortcuts(next: boolean): void {
  on = next;
  if (next) localStorage.removeItem(kKey);
  else localStorage.setItem(kKey, 'off');
}

// Whether a key is meant as a shortcut: not typed into a field, nor taken by what has the focus.
export function is_shortcut(event: KeyboardEvent, taken_by = ''): boolean {
  if (!on || event.ctrlKey || event.metaKey || event.altKey) return false;
  const fields = ['input', 'select', 'textarea', taken_by].filter(Boolean).join(', ');
  return !(event.target instanceof Element && event.target.closest(fields));
}
