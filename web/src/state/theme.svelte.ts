// Light or dark: what the person chose, else what the system says.

export type Theme = 'system' | 'light' | 'dark';
const kKey = 'weir-theme';

function remembered(): Theme {
  const chosen = localStorage.getItem(kKey);
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

let chosen = $state<Theme>(remembered());
const dark = window.matchMedia('(prefers-color-scheme: dark)');
let system_dark = $state(dark.matches);
dark.addEventListener('change', () => (system_dark = dark.matches));

export const theme = {
  get chosen(): Theme {
    return chosen;
  },
  get shown(): 'light' | 'dark' {
    if (chosen !== 'system') return chosen;
    return system_dark ? 'dark' : 'light';
  },
};

export function show_theme(): void {
  if (chosen === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen;
}

export function choose_theme(next: Theme): void {
  chosen = next;
  if (next === 'system') localStorage.removeItem(kKey);
  else localStorage.setItem(kKey, next);
  show_theme();
}
