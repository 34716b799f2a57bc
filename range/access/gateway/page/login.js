// A token that came behind a # is put into the form, and taken out of the address.
"use strict";
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  history.replaceState(null, "", "/");
  document.getElementById("token").value = given;
  document.forms[0].submit();
}
