// Who is logged in, and whether the server has an admin yet.
import { api, outcome, set_csrf, type Session, type Trouble } from '../api/client';

type Door = 'opening' | 'setup' | 'login' | 'open' | 'away' | 'left';

let door = $state<Door>('opening');
let session = $state.raw<Session | undefined>();

export const access = {
  get door(): Door {
    return door;
  },
  get session(): Session | undefined {
    return session;
  },
  get is_demo(): boolean {
    return session?.demo === true;
  },
  get may_change(): boolean {
    return session?.role === 'admin';
  },
};

function enter(entered: Session): void {
  session = entered;
  set_csrf(entered.csrf ?? '');
  door = 'open';
}

// Looks where this browser stands: inside, before the login, or at a server without an admin. A demo
// that was left may still answer, and then nobody for a moment.
export async function look(): Promise<void> {
  const asked = await outcome(api.GET('/api/v1/session'));
  if (asked.ok) {
    if (door !== 'left' || !asked.value.demo) enter(asked.value);
    return;
  }
  if (asked.trouble.kind !== 'refused') {
    if (door !== 'left') door = 'away';
    return;
  }
  const setup = await outcome(api.GET('/api/v1/setup'));
  const needed = setup.ok
    ? !setup.value.has_admin
    : setup.trouble.kind === 'refused' && [401, 403].includes(setup.trouble.status);
  door = needed ? 'setup' : 'login';
}

export async function log_in(name: string, password: string): Promise<Trouble | undefined> {
  const asked = await outcome(api.POST('/api/v1/session', { body: { name, password } }));
  if (!asked.ok) return asked.trouble;
  enter(asked.value);
  return undefined;
}

const code_header = (code: string) => ({ headers: { 'X-Weir-Setup-Code': code } });

export async function check_code(code: string): Promise<Trouble | undefined> {
  const asked = await outcome(api.GET('/api/v1/setup', code_header(code)));
  return asked.ok ? undefined : asked.trouble;
}

export async function create_admin(
  code: string,
  name: string,
  password: string,
): Promise<Trouble | undefined> {
  const body = { code, name, password };
  const asked = await outcome(api.POST('/api/v1/setup', { body }));
  if (!asked.ok) return asked.trouble;
  enter(asked.value);
  return undefined;
}

export async function leave_demo(): Promise<Trouble | undefined> {
  const asked = await outcome(api.DELETE('/api/v1/demo'));
  if (!asked.ok) return asked.trouble;
  session = undefined;
  door = 'left';
  return undefined;
}

export async function log_out(): Promise<void> {
  await outcome(api.DELETE('/api/v1/session'));
  forget();
}

// The session ended, or somebody ended it: every later answer says so.
export function forget(): void {
  session = undefined;
  set_csrf('');
  door = 'login';
}
