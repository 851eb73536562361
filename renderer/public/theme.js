// Runs before the first frame, so that the window has the theme of last time at once. See shell/theme.ts.
const theme = localStorage.getItem('lazuli-theme')
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
