// Puts the chosen colours and language on the page before the first paint; a file of its own because inline scripts are not allowed.
(function () {
  var root = document.documentElement;
  var theme = 'auto';
  try {
    theme = localStorage.getItem('jiahe.theme') || 'auto';
    var lang = localStorage.getItem('jiahe.lang') || navigator.language || 'en';
    root.lang = /^zh/i.test(lang) ? 'zh-Hans' : 'en';
  } catch (_) {
    // storage may be forbidden; the defaults stand
  }
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = dark ? 'dark' : 'light';
})();
