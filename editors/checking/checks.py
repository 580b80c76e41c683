"""The lines of the guide that an editor's server is judged by, one judge each.

Numbers and wording: fhir-exchange, section 8; the reasons are those of ``slots``.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

import orjson

from editors.call import DEADLINE_S, CallOutcome
from editors.checking.evidence import Evidence
from mappings.records import CanonicalSlot

SHOWN = 5
"""Slots that a fault names."""


class Verdict(StrEnum):
    """Whether a line holds."""

    HOLDS = "ok"
    BROKEN = "faux"
    NOT_JUDGED = "non jugé"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge says: its verdict and, where the line is broken, what came."""

    verdict: Verdict
    came: str = ""


HOLDS, NOT_JUDGED = Judgement(Verdict.HOLDS), Judgement(Verdict.NOT_JUDGED)

Judge = Callable[[Evidence], Judgement]


@dataclass(frozen=True, slots=True)
class EditorCheck:
    """One line: its number, what is demanded, where the guide says so, how it is mended."""

    number: str
    demand: str
    source: str
    remedy: str
    judge: Judge


def find_fault(faults: Collection[str]) -> Judgement:
    """Broken where there are faults, named up to ``SHOWN``."""
    if not faults:
        return HOLDS
    listed = sorted(faults)
    more = f" et {len(listed) - SHOWN} autres" if len(listed) > SHOWN else ""
    return Judgement(Verdict.BROKEN, ", ".join(listed[:SHOWN]) + more)


def judge_reasons(*reasons: str) -> Judge:
    """Slots refused for these reasons; not judged without an answer or without a slot in it."""

    def judge(evidence: Evidence) -> Judgement:
        parsed = evidence.searched.parsed
        if parsed is None or not (parsed.slots or parsed.rejected):
            return NOT_JUDGED
        found = {
            f"{row['slot']} ({row['reason']})"
            for row in parsed.rejected
            if row["reason"] in reasons
        }
        return find_fault(found)

    return judge


def judge_reports(*names: str) -> Judge:
    """Oddities counted by the parser."""

    def judge(evidence: Evidence) -> Judgement:
        parsed = evidence.searched.parsed
        if parsed is None or not (parsed.slots or parsed.rejected):
            return NOT_JUDGED
        counted = {name: parsed.reports[name] for name in names if parsed.reports[name]}
        return find_fault([f"{name} : {count}" for name, count in counted.items()])

    return judge


def judge_slots(lacks: Callable[[CanonicalSlot], bool]) -> Judge:
    """Slots that count and lack something."""

    def judge(evidence: Evidence) -> Judgement:
        parsed = evidence.searched.parsed
        if parsed is None or not parsed.slots:
            return NOT_JUDGED
        return find_fault({slot["slot"] for slot in parsed.slots if lacks(slot)})

    return judge


def judge_certificate(evidence: Evidence) -> Judgement:
    """A client without a certificate gets nothing."""
    if evidence.opens_without_certificate:
        return Judgement(Verdict.BROKEN, "une recherche sans certificat client a reçu une réponse")
    return _if_reached(evidence)


def judge_old_tls(evidence: Evidence) -> Judgement:
    """TLS 1.1 is refused; not judged where this machine does not speak it."""
    if evidence.speaks_old_tls is None:
        return NOT_JUDGED
    if evidence.speaks_old_tls:
        return Judgement(Verdict.BROKEN, "TLS 1.1 est accepté")
    return _if_reached(evidence)


def _if_reached(evidence: Evidence) -> Judgement:
    away = {CallOutcome.UNREACHABLE, CallOutcome.TLS}
    return NOT_JUDGED if evidence.searched.outcome in away else HOLDS


def judge_connection(evidence: Evidence) -> Judgement:
    """Our certificate opens, under the names of the convention."""
    searched = evidence.searched
    if searched.outcome in {CallOutcome.UNREACHABLE, CallOutcome.TLS}:
        return Judgement(Verdict.BROKEN, f"{searched.outcome.value} : {searched.fault}")
    return HOLDS


def judge_delay(evidence: Evidence) -> Judgement:
    """A whole answer within the deadline of the guide."""
    searched = evidence.searched
    if searched.outcome is CallOutcome.TIME_OUT:
        return Judgement(Verdict.BROKEN, f"pas de réponse entière en {DEADLINE_S:g} s")
    return HOLDS if searched.pages else NOT_JUDGED


def judge_answer(evidence: Evidence) -> Judgement:
    """200 and a Bundle of type searchset."""
    searched = evidence.searched
    answered = (
        CallOutcome.UNUSABLE,
        CallOutcome.CLIENT_ERROR,
        CallOutcome.SERVER_ERROR,
        CallOutcome.REDIRECT,
        CallOutcome.TOO_LARGE,
    )
    if searched.outcome in answered and searched.reason != INCOMPLETE:
        return Judgement(Verdict.BROKEN, searched.fault)
    return HOLDS if searched.outcome is CallOutcome.OK else NOT_JUDGED


INCOMPLETE = "answer_incomplete"


def judge_pages(evidence: Evidence) -> Judgement:
    """All pages come, on the same host, and they end."""
    searched = evidence.searched
    if searched.outcome is CallOutcome.PAGES or searched.reason == INCOMPLETE:
        return Judgement(Verdict.BROKEN, searched.fault)
    return HOLDS if searched.outcome is CallOutcome.OK else NOT_JUDGED


def judge_unknown(evidence: Evidence) -> Judgement:
    """Nobody known: a Bundle without an entry, never 404."""
    unknown = evidence.unknown
    if unknown.outcome is CallOutcome.OK and unknown.parsed is not None:
        given = len(unknown.parsed.slots) + len(unknown.parsed.rejected)
        return find_fault([f"{given} créneaux pour un inconnu"] if given else [])
    if evidence.searched.outcome is not CallOutcome.OK:
        return NOT_JUDGED
    return Judgement(Verdict.BROKEN, unknown.fault)


def judge_refusal(evidence: Evidence) -> Judgement:
    """A search that cannot be run: 4xx and an OperationOutcome."""
    refused = evidence.malformed
    if refused.status is None:
        return NOT_JUDGED
    if not 400 <= refused.status < 500:  # noqa: PLR2004 - HTTP
        return Judgement(Verdict.BROKEN, f"HTTP {refused.status}")
    if _read_kind(refused.body) != "OperationOutcome":
        return Judgement(Verdict.BROKEN, f"HTTP {refused.status} sans OperationOutcome")
    return HOLDS


def _read_kind(body: bytes) -> object:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return document.get("resourceType") if isinstance(document, dict) else None


def judge_slots_given(evidence: Evidence) -> Judgement:
    """The persons named have slots: without any, little is judged."""
    parsed = evidence.searched.parsed
    if parsed is None:
        return NOT_JUDGED
    given = parsed.slots or parsed.rejected
    return HOLDS if given else Judgement(Verdict.BROKEN, "aucun créneau")


CHECKS = (
    EditorCheck(
        "C12",
        "La connexion s'ouvre avec notre certificat, sous les noms de la convention, et pas sans.",
        "securite",
        "Exigez un certificat client d'IGC-Santé et présentez un certificat au CN et à l'OU de la "
        "convention.",
        lambda evidence: _worst(judge_connection(evidence), judge_certificate(evidence)),
    ),
    EditorCheck("C14", "TLS 1.2 au moins.", "securite", "Coupez TLS 1.0 et 1.1.", judge_old_tls),
    EditorCheck(
        "C15",
        "Réponse entière en moins de 7 secondes.",
        "annexes",
        "Répondez plus tôt ; une réponse tardive est jetée.",
        judge_delay,
    ),
    EditorCheck(
        "C20",
        "Un inconnu, ou personne de libre : un Bundle sans entrée, pas 404.",
        "faq 9",
        "Répondez 200 et un Bundle searchset, total 0.",
        judge_unknown,
    ),
    EditorCheck(
        "C21",
        "Une recherche mal formée : 4xx et un OperationOutcome.",
        "recherche de créneaux",
        "Refusez une recherche sans identifiant par 400 et un OperationOutcome.",
        judge_refusal,
    ),
    EditorCheck(
        "C22",
        "Une recherche répond 200 et un Bundle de type searchset.",
        "recherche de créneaux",
        "Envoyez un Bundle searchset, jamais un OperationOutcome ni du HTML.",
        judge_answer,
    ),
    EditorCheck(
        "C02",
        "Les personnes du contrôle ont des créneaux.",
        "contrôle",
        "Donnez des personnes qui ont des créneaux libres : sans eux presque rien n'est jugé.",
        judge_slots_given,
    ),
    EditorCheck(
        "C23",
        "Chaque Slot mène à son Schedule, puis au professionnel ou à l'association.",
        "faq",
        "Mettez dans le Bundle les ressources référencées, avec l'identifiant national.",
        judge_reasons(
            "no_schedule", "no_practitioner", "no_practitioner_id", "no_association", "no_location"
        ),
    ),
    EditorCheck(
        "C26",
        "Chaque créneau a un seul lieu, celui de son PractitionerRole.",
        "faq",
        "Contenez la Location dans son PractitionerRole, avec son adresse.",
        judge_slots(lambda slot: "place" not in slot and "sos" not in slot),
    ),
    EditorCheck(
        "C27",
        "start et end sont des instants entiers, avec leur décalage.",
        "FHIR instant",
        "Écrivez 2026-06-16T10:00:00.000+02:00.",
        judge_reasons("no_start", "no_end", "no_offset", "bad_instant"),
    ),
    EditorCheck(
        "C28",
        "Les créneaux sont libres, à venir, dans la fenêtre, et finissent après leur début.",
        "recherche de créneaux",
        "Filtrez sur status, start et la fenêtre de la recherche.",
        judge_reasons("not_free", "past", "after_window", "end_not_after_start", "too_long"),
    ),
    EditorCheck(
        "C29",
        "Chaque créneau a un type dans meta.security : PUBLIC, PRO, SNP ou CPTS.",
        "faq 4",
        "Mettez le code de TRE_R314 dans Slot.meta.security.",
        judge_reasons("no_type"),
    ),
    EditorCheck(
        "C30",
        "Les types sont ceux de TRE_R314, à leur place.",
        "TRE_R314",
        "Retirez les autres codes, et ceux de serviceType ou meta.tag.",
        judge_reports("unknown_type", "type_elsewhere"),
    ),
    EditorCheck(
        "C34",
        "appointmentType dit ROUTINE ou WALKIN.",
        "recherche de créneaux",
        "Donnez le code de v2-0276 à chaque Slot.",
        judge_slots(lambda slot: not slot.get("appointment")),
    ),
    EditorCheck(
        "C35",
        "Un créneau réservable a dans comment un lien http ou https.",
        "spécifications fonctionnelles",
        "Mettez dans comment l'adresse de l'agenda, rien d'autre.",
        judge_slots(lambda slot: slot.get("appointment") == "ROUTINE" and not slot.get("url")),
    ),
    EditorCheck(
        "C38",
        "L'identifiant de structure se lit : FINESS, SIRET ou RPPS-rang, préfixé.",
        "faq",
        "Préfixez : 1 FINESS, 3 SIRET, 4 RPPS-rang.",
        judge_reports("unknown_structure_id"),
    ),
    EditorCheck(
        "C43",
        "Un créneau CPTS mène à une Organization qui a un FINESS.",
        "cpts",
        "Ajoutez HealthcareService et Organization au Bundle.",
        lambda evidence: _worst(
            judge_reasons("cpts_without_organization", "inactive_cpts")(evidence),
            judge_reports("cpts_without_organization", "cpts_without_type")(evidence),
        ),
    ),
    EditorCheck(
        "C47",
        "Toutes les pages viennent, du même hôte, et finissent ; total compte les créneaux.",
        "FHIR",
        "Un lien next sur le même hôte, ou une seule page ; total est le nombre de Slots.",
        judge_pages,
    ),
    EditorCheck(
        "C48",
        "Chaque créneau vient une fois.",
        "FHIR",
        "Retirez les doublons : même professionnel, lieu, début et fin.",
        judge_reports("merged"),
    ),
    EditorCheck(
        "C49",
        "Seuls les professionnels demandés viennent.",
        "test 4.3.03",
        "Filtrez sur les identifiants de la recherche.",
        judge_reasons("not_asked"),
    ),
    EditorCheck(
        "C50",
        "Chaque entrée du Bundle est une ressource.",
        "FHIR",
        "Retirez les entrées vides.",
        judge_reports("broken_entry"),
    ),
)
"""In the order of the report."""


def _worst(*found: Judgement) -> Judgement:
    """Broken before not judged before holding."""
    order = (Verdict.BROKEN, Verdict.NOT_JUDGED, Verdict.HOLDS)
    return min(found, key=lambda finding: order.index(finding.verdict))
