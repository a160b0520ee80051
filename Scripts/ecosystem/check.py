#!/usr/bin/env python3
"""Opens what lora-lessons wrote with transformers, PEFT and bitsandbytes; any warning is a failure.

Logits are compared with a forward pass that stands in peers.py in NumPy, so that a setting which both
sides misread in the same way would still be found.
"""

from peers import *


def check_models():
    for name in ("model-untied", "model-tied"):
        model = load(FOLDER / name)
        compare(f"{name} in transformers, logits", logits(model), forward(*read(name), IDS))
        model.save_pretrained(FOLDER / "saved" / name)


def check_four_bit_bases():
    for name in ("nf4-double", "nf4-single", "fp4-double", "fp4-single"):
        model = load(FOLDER / f"base-{name}")
        weights, config = read(f"dequantized-{name}")
        layers = [(n, m) for n, m in model.named_modules() if isinstance(m, bnb.nn.Linear4bit)]
        # One layer is left out of the FP4 bases.
        expected = 7 * config["num_hidden_layers"] - (1 if name.startswith("fp4") else 0)
        assert len(layers) == expected, f"base-{name}: {len(layers)} layers in 4 bits, not {expected}"
        for path, layer in layers:
            found = dequantize_4bit(layer.weight.data, layer.weight.quant_state)
            expected = weights[f"{path}.weight"]
            assert np.array_equal(found.numpy(), expected), f"base-{name}: {path} dequantizes to other numbers"
        print(f"ok  base-{name} in bitsandbytes: {len(layers)} layers dequantize bit for bit")
        compare(f"base-{name} in transformers, logits", logits(model), forward(weights, config, IDS))


def save_four_bit_bases():
    """Quantizes with bitsandbytes and saves, for our reader; the numbers go beside the folders."""
    for kind in ("nf4", "fp4"):
        for double in (True, False):
            settings = BitsAndBytesConfig(
                load_in_4bit=True, bnb_4bit_quant_type=kind, bnb_4bit_use_double_quant=double
            )
            model = AutoModelForCausalLM.from_pretrained(
                FOLDER / "model-untied", quantization_config=settings, device_map="cpu"
            )
            path = FOLDER / "saved" / f"base-{kind}-{'double' if double else 'single'}"
            model.save_pretrained(path)
            numbers = {
                f"{name}.weight": dequantize_4bit(layer.weight.data, layer.weight.quant_state).contiguous()
                for name, layer in model.named_modules()
                if isinstance(layer, bnb.nn.Linear4bit)
            }
            save_file(numbers, path / "dequantized.safetensors")


def check_adapters():
    weights, config = read("model-untied")
    base = forward(weights, config, IDS)
    for name in ("adapter-lora", "adapter-dora", "adapter-some"):
        model = PeftModel.from_pretrained(load(FOLDER / "model-untied"), FOLDER / name).eval()
        found = logits(model)
        # An adapter under wrong names would load as one that does nothing.
        assert np.abs(found - base).max() > 100 * TOLERANCE, f"{name} changes nothing"
        compare(f"{name} in PEFT, logits", found, forward(merged(weights, FOLDER / name), config, IDS))
        whole = model.merge_and_unload()
        compare(f"{name} merged by PEFT, logits", logits(whole), found)


def check_adapter_on_four_bits():
    weights, config = read("dequantized-nf4-double")
    model = PeftModel.from_pretrained(load(FOLDER / "base-nf4-double"), FOLDER / "adapter-lora").eval()
    expected = forward(merged(weights, FOLDER / "adapter-lora"), config, IDS)
    compare("adapter-lora on base-nf4-double in PEFT, logits", logits(model), expected)


check_models()
check_four_bit_bases()
save_four_bit_bases()
check_adapters()
check_adapter_on_four_bits()
