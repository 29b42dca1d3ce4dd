"""Whether a file is for this programme: its currency and its unit never change once a programme has begun."""

from app.files.reading import Fault, ProgrammeFile, ProgrammeFileError


def check_fit(file: ProgrammeFile, currency: str, unit: tuple[str, int]) -> None:
    """Refuse a file of another currency or unit than the programme's. Raises ProgrammeFileError."""
    faults = []
    if file.currency not in {None, currency}:
        told = f"is {file.currency}, but this programme counts in {currency}; write its amounts in {currency}"
        faults.append(Fault("currency", told))
    if file.unit not in {None, unit}:
        told = f"is {_spelt(file.unit)}, but members of this programme have {_spelt(unit)}, and that never changes"
        faults.append(Fault("unit", told))
    if faults:
        raise ProgrammeFileError(*faults)


def _spelt(unit: tuple[str, int] | None) -> str:
    name, decimals = unit or ("points", 0)
    return f"{name} with {decimals} decimals" if decimals else name
