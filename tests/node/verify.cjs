// Reads {secret, body, headers} as JSON from its input; says "good" if the signature is.
const { Webhook } = require("standardwebhooks");

let given = "";
process.stdin.on("data", (piece) => (given += piece));
process.stdin.on("end", () => {
  const { secret, body, headers } = JSON.parse(given);
  try {
    new Webhook(secret).verify(body, headers);
    console.log("good");
  } catch (error) {
    console.log(error.name);
  }
});
