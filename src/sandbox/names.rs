//! Names of companies and people who could be a partner's customers. Some are difficult on purpose: they have
//! apostrophes, ampersands, commas or letters beyond ASCII, or begin alike.

/// The first customers, whatever the seed, so that people and documentation can refer to them.
const KNOWN: &[&str] = &[
    "Northwind Dental",
    "Contoso Ltd",
    "Harbor Light Clinic",
    "Müller & Söhne GmbH",
    "O'Brien Electrical",
    "Smith, Hart & Partners LLP",
    "Fabrikam Foods",
    "Fabrikam Food Services",
    "Café Lumière",
    "Ærø Shipping ApS",
    "Blue Yonder Airlines",
    "Tailspin Toys",
    "Woodgrove Savings",
    "Lakeside Veterinary Centre",
    "St. Anne's Primary School",
    "Adventure Works Cycles",
    "Kestrel Logistics (North)",
    "Peña Abogados, S.L.",
    "Trey Research",
    "The Phone Company",
    "Coho Winery",
    "Lucerne Publishing",
    "Humongous Insurance",
    "Bäckerei Grünwald",
    "D'Angelo & Figli S.r.l.",
    "Proseware Inc.",
    "Wide World Importers",
    "Margie's Travel",
    "Graphic Design Institute",
    "Alpine Ski House",
    "Litware Engineering",
    "Consolidated Messenger",
    "Fourth Coffee",
    "Södermalm Arkitekter AB",
    "VanArsdel, Ltd.",
    "Relecloud Hosting",
];

/// The parts of all other companies' names: one of each.
const FOUNDERS: [&str; 72] = [
    "Abbott",
    "Adeyemi",
    "Ainsworth",
    "Aldridge",
    "Almeida",
    "Anderson",
    "Ashdown",
    "Bäcker",
    "Barlow",
    "Beaumont",
    "Becker",
    "Bennett",
    "Blackwood",
    "Bradshaw",
    "Brandt",
    "Calloway",
    "Castellano",
    "Chen",
    "Clarke",
    "Cooper",
    "Córdoba",
    "Dalton",
    "D'Souza",
    "Delacroix",
    "Donovan",
    "Eastwood",
    "Ellison",
    "Eriksson",
    "Fairbanks",
    "Ferreira",
    "Fischer",
    "Fitzgerald",
    "Garrison",
    "Gonzalez",
    "Greenfield",
    "Hadley",
    "Halvorsen",
    "Hargreaves",
    "Hawthorne",
    "Hughes",
    "Ibrahim",
    "Iversen",
    "Jansen",
    "Jørgensen",
    "Kaplan",
    "Kowalski",
    "Lambert",
    "Lindqvist",
    "MacLeod",
    "Marchetti",
    "Mercer",
    "Nakamura",
    "Novák",
    "O'Connor",
    "O'Hara",
    "Okafor",
    "Patel",
    "Pemberton",
    "Quinn",
    "Ramsey",
    "Rossi",
    "Sandhu",
    "Schäfer",
    "Sinclair",
    "Sørensen",
    "Tanaka",
    "Thornton",
    "Underwood",
    "Vaughan",
    "Weber",
    "Whitfield",
    "Zimmermann",
];
const PARTNERS: [&str; 24] = [
    "",
    " & Sons",
    " & Webb",
    " & Daughters",
    " & Hart",
    " & Cole",
    " & Marsh",
    " & Pike",
    " & Reyes",
    " & Stone",
    " & Vance",
    " & Wolfe",
    " & Young",
    " & Grant",
    " & Frost",
    " & Doyle",
    " & Bloom",
    " & Avery",
    " & Nash",
    " & Lowe",
    " & Kerr",
    " & Hale",
    " & Ford",
    " & Dunn",
];
const TRADES: [&str; 32] = [
    "Accountancy",
    "Architects",
    "Automotive",
    "Builders",
    "Catering",
    "Chartered Surveyors",
    "Chemicals",
    "Consulting",
    "Couriers",
    "Dental Care",
    "Electrical",
    "Engineering",
    "Estates",
    "Farms",
    "Financial Planning",
    "Freight",
    "Furniture",
    "Garden Centres",
    "Glazing",
    "Hotels",
    "Insurance Brokers",
    "Interiors",
    "Joinery",
    "Legal",
    "Controls Tools",
    "Medical Supplies",
    "Opticians",
    "Packaging",
    "Pharmacy",
    "Plumbing",
    "Print",
    "Recruitment",
];
const FORMS: [&str; 6] = ["", " Ltd", " LLC", ", Inc.", " GmbH", " Co."];

/// How many different names these make.
const COMPANIES: usize = FOUNDERS.len() * PARTNERS.len() * TRADES.len() * FORMS.len();

/// A stride through them that has no common divisor with their number, so that each comes once and neighbours differ.
const STRIDE: usize = 7919;

const GIVEN_NAMES: [&str; 16] = [
    "Aisha", "Ben", "Chloé", "Dmitri", "Elena", "Farid", "Grace", "Håkon", "Ines", "Jamal", "Kiri", "Luca",
    "Mei", "Noah", "Orla", "Priya",
];

/// The name of a company; different for each index.
pub(super) fn company(index: usize, seed: u64) -> String {
    if let Some(name) = KNOWN.get(index) {
        return (*name).to_owned();
    }
    let place = (index * STRIDE + seed as usize % COMPANIES) % COMPANIES;
    let (rest, founder) = (place / FOUNDERS.len(), place % FOUNDERS.len());
    let (rest, trade) = (rest / TRADES.len(), rest % TRADES.len());
    let (form, partner) = (rest / PARTNERS.len(), rest % PARTNERS.len());
    let mut name = format!(
        "{}{} {}{}",
        FOUNDERS[founder], PARTNERS[partner], TRADES[trade], FORMS[form]
    );
    if index >= COMPANIES {
        name.push_str(&format!(" {}", index / COMPANIES + 1));
    }
    name
}

/// A person's given name and family name.
pub(super) fn person(index: usize) -> (&'static str, &'static str) {
    (
        GIVEN_NAMES[index % GIVEN_NAMES.len()],
        FOUNDERS[(index * 31 + 7) % FOUNDERS.len()],
    )
}

/// The letters and digits of a name, for addresses.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .take(24)
        .collect()
}
