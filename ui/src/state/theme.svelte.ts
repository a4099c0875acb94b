/** Light or dark: the system's choice until the reader makes one. */
const key = 'sightline-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

class Theme {
  private chosen = $state(read());
  private systemDark = $state(system.matches);

  constructor() {
    system.addEventListener('change', (event) => (this.systemDark = event.matches));
    this.apply();
  }

  get dark(): boolean {
    return this.chosen ? this.chosen === 'dark' : this.systemDark;
  }

  toggle = (): void => {
    this.chosen = this.dark ? 'light' : 'dark';
    try {
      localStorage.setItem(key, this.chosen);
    } catch {
      // Storage is off: the choice lasts for this page.
    }
    this.apply();
  };

  private apply(): void {
    if (this.chosen) document.documentElement.dataset.theme = this.chosen;
  }
}

function read(): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

export const theme = new Theme();
