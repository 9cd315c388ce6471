// Reads places as a JSON list from standard input, and prints [place, path, message] of each failure that OpenActive's validator finds.
// Warnings are left out: they are about recommended properties. Run with NODE_PATH at the folder where `npm ci` put the packages.
const fs = require('fs');
const { validate } = require('@openactive/data-model-validator');

async function main() {
  const places = JSON.parse(fs.readFileSync(0, 'utf8'));
  const failures = [];
  for (const [index, place] of places.entries()) {
    const found = await validate({ '@context': 'https://openactive.io/', ...place }, { validationMode: 'RPDEFeed', schemaVersion: '2.0' });
    failures.push(...found.filter((one) => one.severity === 'failure').map((one) => [index, one.path, one.message]));
  }
  process.stdout.write(JSON.stringify(failures));
}

main();
